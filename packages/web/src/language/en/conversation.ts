import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: conversation. */
export const conversation = {
  messages: "Messages",
  newestMessage: "Jump to the newest message",
  newestMessageUnread: (count: number) =>
    plural(count, {
      one: "Jump to the newest message, # unread",
      other: "Jump to the newest message, # unread",
    }),
  unreadFromHere: "Unread messages",
  empty: "Nothing has been said here yet",
  emptyHint: "Write the first message below.",
  emptyEncrypted: "What you write is encrypted before it leaves this device.",
  emptyPlain: "What you write is not encrypted: whoever runs the server can read it.",
  olderMissing: "Older messages could not be loaded.",
  reaching: (percent: string) => `Looking for the message… ${percent}`,
  messageGone: "This message is gone.",
  gone: "You are not in this chat",
  goneHint: "It was deleted, you left it or were removed from it, or this address is not one of your chats.",
  unsentDraft: "What you were writing",
  toChats: "Back to the chats",
  readOnlyChannel: "Only the owner and admins write in this channel.",

  details: "Details of this chat",
  online: "online",
  offline: "offline",
  members: (count: number) => plural(count, { one: "# member", other: "# members" }),
  subscribers: (count: number) => plural(count, { one: "# subscriber", other: "# subscribers" }),
  typing: "typing…",
  typingIn: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0]} is typing…`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing…`
        : `${names.length} people are typing…`,
  lock: {
    encrypted: "End-to-end encrypted",
    unverified: "Encrypted, not verified",
    verified: "Verified",
    server: "Encrypted, key vouched for by the server",
    changed: "Identity changed",
    plain: "Not encrypted",
  },
  lockHint: (state: string) => `${state}. Show what it means`,

  identityChanged: (name: string) =>
    `${name}'s identity has changed. Messages to ${name} wait until you have decided whether to trust the new one.`,
  compare: "Compare the safety number",
  accept: "Accept the new identity",
  acceptTitle: (name: string) => `Trust the new identity of ${name}?`,
  acceptDescription: (name: string) =>
    `It usually means that ${name} has started the account anew. It can also mean that somebody is between you. Compare the safety number to be sure.`,
  noticeChanged: (name: string) => `${name}'s identity has changed`,
  noticeAccepted: (name: string) => `You accepted the new identity of ${name}`,

  searchInChat: "Search in this chat",
  searchNext: "Older result",
  searchPrevious: "Newer result",
  searchCount: (at: number, of: number) => `${at} of ${of}`,
  searchNothing: "Nothing found",
  searchClose: "Close the search",
  menu: "More about this chat",
  information: "Information",

  from: (name: string) => `Message from ${name}`,
  edited: "edited",
  editRefused: "A later edit of this message could not be verified. This is the last version that was.",
  forwardedFrom: (name: string) => `Forwarded from ${name}`,
  answerTo: "Answer to",
  quoteGone: "Deleted message",
  attachment: (name: string) => `File: ${name}`,
  voiceMessage: "Voice message",
  videoMessage: "Video message",
  picture: "Picture",
  unknownKind: "This message is of a kind that this version of Tacit does not know.",
  held: "Held back: somebody's identity has changed.",
  heldDecide: "Decide",
  changeFailed: "Could not be changed.",
  retry: "Try again",
  discard: "Discard",
  trust: {
    unverified_sender: "Nothing proves who wrote this",
    plain: "Not encrypted",
    plaintext_in_encrypted_chat: "Not encrypted, though this chat is: the server could have made it up",
  },
  unreadable: {
    no_envelope:
      "This message was not encrypted for you. You were not in the chat then, or the sender left you out.",
    no_key: "This message was encrypted for a key that you no longer have. Ask for it to be sent again.",
    damaged: "This message was damaged on its way and cannot be read. Ask for it to be sent again.",
    forged: "This message is not from whom it claims to be. Its content is not shown.",
  },

  actions: "Actions for this message",
  reply: "Reply",
  edit: "Edit",
  copyText: "Copy text",
  forward: "Forward",
  select: "Select",
  messageInformation: "Who has read it",
  delete: "Delete",
  deleteTitle: (count: number) => plural(count, { one: "Delete this message?", other: "Delete # messages?" }),
  deleteDescription: "Gone for everyone in the chat, and for good.",
  copied: (count: number) => plural(count, { one: "Copied", other: "# messages copied" }),
  selected: (count: number) => plural(count, { one: "# selected", other: "# selected" }),
  selectMessage: "Select this message",
  leaveSelection: "Stop selecting",

  forwardTitle: "Forward to",
  forwardSearch: "Search chats",
  forwardSend: (count: number) => plural(count, { one: "Send to # chat", other: "Send to # chats" }),
  forwardNobody: "No chat of this name",
  forwardRemove: (title: string) => `Do not send to ${title}`,
  forwarded: (count: number) => plural(count, { one: "Forwarded", other: "Forwarded to # chats" }),
  open: "Open",

  readBy: "Read by",
  deliveredTo: "Delivered to",
  notYet: "Not yet",
  sentAt: "Sent",
  editedAt: "Edited",
  nobodyYet: "Nobody yet",
  newMessages: "New messages",
  announce: (name: string, text: string) => `${name}: ${text}`,
};
