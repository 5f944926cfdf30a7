import type { Message } from "@tacit/client";
import { createContext, use } from "react";
import type { ChatFacts } from "../chats/facts.ts";

/** What can be done with messages of the conversation that is open. The object stays the same as long as the chat is open. */
export interface Deeds {
  readonly reply: (message: Message) => void;
  readonly edit: (message: Message) => void;
  readonly copy: (messages: readonly Message[]) => void;
  readonly forward: (messages: readonly Message[]) => void;
  readonly inform: (message: Message) => void;
  readonly remove: (messages: readonly Message[]) => void;
  /** Selects a message, or no longer. */
  readonly toggle: (message: Message) => void;
  readonly goTo: (messageId: number) => void;
  /** Opens what there is to know about the chat and who is in it. */
  readonly openInformation: () => void;
}

/** What of the chat its messages look at. It changes rarely. */
export interface Setting {
  readonly chatId: number;
  readonly kind: ChatFacts["kind"];
  readonly myRole: ChatFacts["myRole"];
  readonly encrypted: boolean;
  readonly deeds: Deeds;
}

/** Gives the messages their setting. */
export const SettingContext = createContext<Setting | undefined>(undefined);

/** The chat that a message is shown in, and what can be done there. */
export function useSetting(): Setting {
  const setting = use(SettingContext);
  if (!setting) throw new Error("There is no conversation around this.");
  return setting;
}

/** Whether I may delete it: mine everywhere, those of others where I am an admin. */
export function mayDelete({ kind, myRole }: Pick<Setting, "kind" | "myRole">, message: Message): boolean {
  if (message.system) return false;
  return message.isMine || (kind !== "private" && myRole !== "member");
}

/** Whether I may write here. */
export function mayWrite({ kind, myRole }: Pick<Setting, "kind" | "myRole">): boolean {
  return kind !== "channel" || myRole !== "member";
}
