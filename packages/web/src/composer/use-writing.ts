import type { Chat, Draft, OutgoingFile } from "@tacit/client";
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTarget } from "../conversation/target.tsx";
import { useTacit } from "../live/account.tsx";
import { DraftKeeper } from "./draft-keeper.ts";
import { useTyping } from "./use-typing.ts";
import { draftOf, NOTHING, resumed, turnedTo, type Writing, withBack, withoutTarget } from "./writing.ts";

/** Milliseconds after a keystroke in which somebody surely goes on writing here, not in another tab. */
const BUSY = 3000;

/** The field of a chat: what stands in it, kept with every keystroke, and what can be done with it. */
export function useWriting(chatId: number, field: RefObject<HTMLTextAreaElement | null>) {
  const tacit = useTacit();
  const { target, setTarget } = useTarget();
  const chat = useCallback(() => tacit.chats.get(chatId), [tacit, chatId]);
  const [error, setError] = useState<unknown>();
  const [isUnkept, setUnkept] = useState(false);
  const [writing, setWriting] = useState<Writing>(() => resumed(chat()?.draft));
  const latest = useRef(writing);
  const sending = useRef<Writing[]>([]);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const typing = useTyping(chat);
  const typedAt = useRef(Number.NEGATIVE_INFINITY);

  const keeper = useMemo(() => {
    const write = async (draft: Draft | null) => await tacit.chats.get(chatId)?.setDraft(draft);
    return new DraftKeeper(tacit.chats.get(chatId)?.draft, write, (error) => setUnkept(error !== undefined));
  }, [tacit, chatId]);

  const change = useCallback(
    (next: (writing: Writing) => Writing) => {
      latest.current = next(latest.current);
      setWriting(latest.current);
      keeper.keep(draftOf(latest.current, sending.current));
    },
    [keeper],
  );

  useKept(keeper);
  useDraftsOfOthers(chatId, keeper, (draft) => {
    const isFocused = document.hasFocus() && document.activeElement === field.current;
    if (isFocused && performance.now() - typedAt.current < BUSY) return false;
    latest.current = resumed(draft);
    setWriting(latest.current);
    setTarget(undefined);
    return true;
  });

  // Somebody chose what to answer or edit, or gave it up.
  const seen = useRef(target);
  useEffect(() => {
    if (target === seen.current) return;
    seen.current = target;
    setError(undefined);
    change((writing) => turnedTo(writing, target));
  }, [target, change]);

  // What a draft is about is looked up.
  const { about } = writing;
  useEffect(() => {
    if (!about || target) return;
    let isLeft = false;
    // It may have been given up or sent meanwhile, and this is late to hear of it.
    const isOver = () => isLeft || latest.current.about !== about;
    const gone = () => isOver() || change(withoutTarget);
    const find = async () => (about.id === undefined ? undefined : await chat()?.message(about.id));
    find().then((message) => {
      if (!message) gone();
      else if (!isOver()) setTarget({ kind: about.kind, message });
    }, gone);
    return () => {
      isLeft = true;
    };
  }, [about, target, chat, change, setTarget]);

  const type = useCallback(
    (text: string) => {
      typedAt.current = performance.now();
      setError(undefined);
      change((writing) => ({ ...writing, text }));
      if (text.trim() && latest.current.about?.kind !== "edit") typing.typed();
      else typing.stop();
    },
    [change, typing],
  );

  /** Gives the text away to be sent; it comes back if that fails. */
  const give = useCallback(
    (send: (given: Writing) => Promise<unknown>): Promise<boolean> => {
      const given = latest.current;
      sending.current = [...sending.current, given];
      setError(undefined);
      change(() => NOTHING);
      setTarget(undefined);
      typing.stop();
      const over = (next: (writing: Writing) => Writing) => {
        sending.current = sending.current.filter((one) => one !== given);
        change(next);
      };
      const done = queue.current
        .then(() => send(given))
        .then(
          () => {
            over((writing) => writing);
            return true;
          },
          (error: unknown) => {
            over((writing) => withBack(writing, given));
            setError(error);
            return false;
          },
        );
      queue.current = done;
      return done;
    },
    [change, setTarget, typing],
  );

  const submit = useCallback(async () => {
    const { text, about } = latest.current;
    const body = text.trim();
    if (about?.kind !== "edit") {
      if (body) await give(({ about }) => sendText(chat(), body, about?.id));
      return;
    }
    if (target?.kind !== "edit" || (!body && target.message.attachments.length === 0)) return;
    try {
      if (body !== target.message.text) await target.message.edit(body);
      setTarget(undefined);
    } catch (error) {
      setError(error);
    }
  }, [chat, give, setTarget, target]);

  /** Sends files with what stands in the field, which stays there until they are in the outbox. */
  const sendFiles = useCallback(
    async (files: readonly OutgoingFile[], signal: AbortSignal) => {
      await queue.current;
      const { text, about } = latest.current;
      const replyTo = about?.kind === "reply" ? about.id : undefined;
      const message = { text: text.trim(), files, signal, ...(replyTo !== undefined && { replyTo }) };
      const sent = await chat()?.send(message);
      change(() => NOTHING);
      setTarget(undefined);
      typing.stop();
      return sent;
    },
    [chat, change, setTarget, typing],
  );

  return { writing, target, type, submit, sendFiles, error, isUnkept, setTarget };
}

async function sendText(chat: Chat | undefined, text: string, replyTo: number | undefined): Promise<void> {
  await chat?.send({ text, ...(replyTo !== undefined && { replyTo }) });
}

/** Nothing is lost when the page goes, or the chat is left. */
function useKept(keeper: DraftKeeper): void {
  useEffect(() => {
    const flush = () => keeper.flush();
    // Sealing takes a moment, and a page that goes takes with it what is on its way: then the browser asks.
    const ask = (event: BeforeUnloadEvent) => {
      if (!keeper.isDone) event.preventDefault();
    };
    keeper.resume();
    window.addEventListener("beforeunload", ask);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      window.removeEventListener("beforeunload", ask);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
      keeper.end();
    };
  }, [keeper]);
}

/** What another tab has written here. @param take returns whether it was taken over */
function useDraftsOfOthers(
  chatId: number,
  keeper: DraftKeeper,
  take: (draft: Draft | undefined) => boolean,
): void {
  const tacit = useTacit();
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  // Heard here, not with `useVersion`: what is typed here changes the draft too, and nothing is to be drawn anew for that.
  useEffect(
    () =>
      tacit.on("drafts", (change) => {
        if (change.chatId !== chatId || !keeper.isDone) return;
        const draft = tacit.chats.get(chatId)?.draft;
        if (!keeper.isLatest(draft) && latest.current(draft)) keeper.take(draft);
      }),
    [tacit, chatId, keeper],
  );
}
