import type { Message } from "@tacit/client";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import type { Deeds } from "./deeds.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { ForwardDialog } from "./forward-dialog.tsx";
import { MessageInformation } from "./message-information.tsx";
import { useTarget } from "./target.tsx";
import type { Timeline } from "./timeline.ts";

interface Question {
  readonly name: "forward" | "remove" | "inform";
  readonly messages: readonly Message[];
}

/** What {@link useDeeds} gives. */
export interface DeedsState {
  readonly deeds: Deeds;
  /** The messages that are selected, by key; nothing unless some are being selected. */
  readonly selected: ReadonlyMap<string, Message> | undefined;
  readonly leaveSelection: () => void;
  /** What is being asked. */
  readonly dialogs: ReactNode;
}

/** What can be done with the messages of a chat, and the dialogs that ask before it is done. */
export function useDeeds(chatId: number, timeline: Timeline): DeedsState {
  const { conversation } = useTexts();
  const toast = useToast();
  const [, navigate] = useLocation();
  const { setTarget } = useTarget();
  const [selected, setSelected] = useState<ReadonlyMap<string, Message>>();
  const [question, ask] = useState<Question>();
  const leaveSelection = useCallback(() => setSelected(undefined), []);
  const deeds = useMemo<Deeds>(
    () => ({
      reply: (message) => setTarget({ kind: "reply", message }),
      edit: (message) => setTarget({ kind: "edit", message }),
      copy: (messages) => {
        void copyTexts(messages).then(() => toast({ text: conversation.copied(messages.length) }));
        setSelected(undefined);
      },
      forward: (messages) => ask({ name: "forward", messages: inOrder(messages) }),
      remove: (messages) => ask({ name: "remove", messages }),
      inform: (message) => ask({ name: "inform", messages: [message] }),
      toggle: (message) => setSelected((before) => toggled(before, message)),
      goTo: (id) => void timeline.goTo(id),
      openInformation: () => navigate(routes.information(chatId)),
    }),
    [setTarget, toast, conversation, timeline, navigate, chatId],
  );
  const close = () => ask(undefined);
  const finish = () => {
    close();
    leaveSelection();
  };
  return { deeds, selected, leaveSelection, dialogs: question ? dialogOf(question, finish, close) : null };
}

function dialogOf({ name, messages }: Question, finish: () => void, close: () => void): ReactNode {
  if (name === "forward") return <ForwardDialog messages={messages} onDone={finish} onClose={close} />;
  if (name === "remove") return <DeleteDialog messages={messages} onDone={finish} onClose={close} />;
  const [message] = messages;
  return message ? <MessageInformation message={message} onClose={close} /> : null;
}

function toggled(
  before: ReadonlyMap<string, Message> | undefined,
  message: Message,
): ReadonlyMap<string, Message> | undefined {
  const after = new Map(before);
  if (!after.delete(message.key)) after.set(message.key, message);
  return after.size > 0 ? after : undefined;
}

const inOrder = (messages: readonly Message[]) =>
  messages.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime() || (a.id ?? 0) - (b.id ?? 0));

/** Of one message, what is marked in it, if something is. */
async function copyTexts(messages: readonly Message[]): Promise<void> {
  const marked = messages.length === 1 ? (getSelection()?.toString() ?? "") : "";
  const [first] = messages;
  const isPart = marked !== "" && first?.text.includes(marked);
  const text = inOrder(messages)
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join("\n");
  await navigator.clipboard.writeText(isPart ? marked : text);
}
