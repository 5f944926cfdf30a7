import { CloudDownload, LogIn, Wifi, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import styles from "./network-banner.module.css";
import { type NetworkState, useNetworkState } from "./network-state.ts";
import { NextTry } from "./next-try.tsx";

/** Milliseconds: whoever was away for less has not noticed. */
const WORTH_A_WORD = 1500;

/** What is shown: a try to connect while offline is no news, and being back is, once. */
type Shown = NetworkState | { readonly name: "retrying" } | { readonly name: "back" };

/** Says calmly, over everything and without moving it, when something is not as it should be with the network. */
export function NetworkBanner() {
  const tacit = useTacit();
  const [shown, dismiss] = useShown(useNetworkState());
  useEffect(() => {
    // The SDK waits for its next try; the browser knows better.
    const retry = () => void tacit.retryConnection();
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [tacit]);
  return (
    <div className={styles.place} data-state={shown.name}>
      <div role="status" aria-live="polite" className={styles.said}>
        <Sentence shown={shown} onOver={dismiss} />
      </div>
      {shown.name === "offline" || shown.name === "retrying" ? (
        <NextTry
          retryAt={shown.name === "offline" ? shown.retryAt : undefined}
          isTrying={shown.name === "retrying"}
          onTry={() => void tacit.retryConnection()}
        />
      ) : null}
    </div>
  );
}

function Sentence({ shown, onOver }: { readonly shown: Shown; readonly onOver: () => void }) {
  const { network: t } = useTexts();
  switch (shown.name) {
    case "online":
      return null;
    case "connecting":
      return <Line icon={<Spinner />}>{t.connecting}</Line>;
    case "catchingUp":
      return <Line icon={<CloudDownload size={16} aria-hidden />}>{t.catchingUp}</Line>;
    case "offline":
    case "retrying":
      return <Line icon={<WifiOff size={16} aria-hidden />}>{t.offline}</Line>;
    case "back":
      return (
        <Line icon={<Wifi size={16} aria-hidden />} onOver={onOver}>
          {t.backOnline}
        </Line>
      );
    case "signedOut":
      return (
        <Line icon={<LogIn size={16} aria-hidden />}>
          <Link href={routes.home}>{t.signedOutTitle}</Link>
        </Line>
      );
  }
}

function Line({
  icon,
  children,
  onOver,
}: {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onOver?: () => void;
}) {
  return (
    <div className={styles.line} onAnimationEnd={onOver}>
      {icon}
      <span>{children}</span>
    </div>
  );
}

/** @returns what is shown, and what ends the news that the network is back */
function useShown(state: NetworkState): readonly [Shown, () => void] {
  const offlineSince = useRef<number>(undefined);
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    if (state.name === "offline") offlineSince.current ??= Date.now();
    else if (state.name === "online" && offlineSince.current !== undefined) {
      setBack(Date.now() - offlineSince.current > WORTH_A_WORD);
      offlineSince.current = undefined;
    }
  }, [state.name]);
  const dismiss = () => setBack(false);
  if (state.name === "connecting" && offlineSince.current !== undefined)
    return [{ name: "retrying" }, dismiss];
  if (state.name === "online" && isBack) return [{ name: "back" }, dismiss];
  return [state, dismiss];
}
