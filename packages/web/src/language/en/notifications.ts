import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: notifications, and what can be chosen about them. */
export const notifications = {
  several: (chat: string, count: number) => `${chat} (${count})`,
  newMessages: (count: number) => plural(count, { one: "New message", other: "# new messages" }),
  from: (name: string, text: string) => `${name}: ${text}`,
  open: "Open",

  announce: "Announce new messages",
  announceHint: "While Tacit is open, also in the background. Muted chats stay silent.",
  showText: "Show what they say",
  showTextHint: "Else only who wrote. Think of who can see your screen.",
  sound: "Play a sound",
  outside: "Outside this page",
  outsideHint: "When you look at something else, your system can show new messages.",
  allow: "Allow notifications",
  allowed: "Your system shows new messages when you look at something else.",
  denied:
    "Your browser blocks notifications of this page. To allow them, open what it knows about the page (the sign before the address), find “Notifications”, choose “Allow”, and come back.",
  unsupported:
    "This browser shows no notifications of pages. On an iPhone or iPad, add Tacit to the home screen first.",
};
