import type { QrComparison } from "@tacit/client";
import { useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog, DialogActions } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { useTexts } from "../language/language.tsx";
import { codesIn } from "./read-codes.ts";
import styles from "./scanner.module.css";

type Trouble = "refused" | "noCamera" | "cameraBusy";
type Sight = "starting" | "looking" | QrComparison | { readonly trouble: Trouble };

/** Reads the QR code on the other side's screen with the camera, and says what came of comparing it. */
export function Scanner({
  name,
  isVerified,
  compare,
  onVerified,
  onClose,
}: {
  readonly name: string;
  readonly isVerified: boolean;
  readonly compare: (scanned: string) => Promise<QrComparison>;
  readonly onVerified: () => void;
  readonly onClose: () => void;
}) {
  const { information } = useTexts();
  const { scanner } = information;
  const [round, setRound] = useState(0);
  const { video, sight } = useSight(compare, round);
  const hasTrouble = typeof sight === "object";
  const isDone = sight === "match" || sight === "mismatch";
  return (
    <Dialog title={scanner.title(name)} isOpen onClose={onClose}>
      {isDone || hasTrouble ? null : (
        <>
          <p className={styles.hint}>{scanner.hint(name)}</p>
          <video ref={video} className={styles.video} aria-label={scanner.viewfinder} muted playsInline />
        </>
      )}
      <div role="status" className={styles.state}>
        <Said sight={sight} name={name} />
      </div>
      {isDone || hasTrouble ? (
        <DialogActions>
          <Button onClick={() => setRound(round + 1)}>{scanner.again}</Button>
          {sight === "match" && !isVerified ? (
            <Button look="main" onClick={onVerified}>
              {scanner.markVerified}
            </Button>
          ) : null}
        </DialogActions>
      ) : null}
    </Dialog>
  );
}

function Said({ sight, name }: { readonly sight: Sight; readonly name: string }) {
  const { scanner } = useTexts().information;
  if (typeof sight === "object") return <Note look="warn">{scanner[sight.trouble]}</Note>;
  if (sight === "match") return <Note>{scanner.match(name)}</Note>;
  if (sight === "mismatch") return <Note look="alert">{scanner.mismatch(name)}</Note>;
  return <>{scanner[sight]}</>;
}

/** Looks through the camera until a code of ours comes up. Every round begins anew. */
function useSight(compare: (scanned: string) => Promise<QrComparison>, round: number) {
  const video = useRef<HTMLVideoElement>(null);
  const [sight, setSight] = useState<Sight>("starting");
  const latest = useRef(compare);
  useEffect(() => {
    latest.current = compare;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again.
  useEffect(() => {
    const over = new AbortController();
    const look = async () => {
      setSight("starting");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const stop = () => stream.getTracks().map((track) => track.stop());
      if (over.signal.aborted || !video.current) return stop();
      over.signal.addEventListener("abort", stop);
      video.current.srcObject = stream;
      await video.current.play();
      setSight("looking");
      for await (const text of codesIn(video.current, over.signal)) {
        const comparison = await latest.current(text);
        if (over.signal.aborted) return;
        setSight(comparison);
        if (comparison !== "unreadable") return over.abort();
      }
    };
    look().catch((error: unknown) => {
      if (!over.signal.aborted) setSight({ trouble: troubleOf(error) });
      over.abort();
    });
    return () => over.abort();
  }, [round]);
  return { video, sight };
}

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  // Where the browser has no cameras at all, there is nothing to ask.
  return name === "NotFoundError" || error instanceof TypeError ? "noCamera" : "cameraBusy";
}
