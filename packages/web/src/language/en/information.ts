import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

type Kind = "private" | "group" | "channel";
const thing = (kind: Kind) => (kind === "private" ? "chat" : kind);

/** English: what there is to know about a chat, and the people in it. */
export const information = {
  about: (kind: Kind) => (kind === "private" ? "About this person" : `About this ${kind}`),
  gone: (title: string) => `“${title}” is no longer among your chats.`,
  notHere: "This chat is not here",
  notHereHint: "You are not in it any more, or it was deleted.",
  toChats: "To your chats",
  online: "online",
  offline: "offline",
  copyUsername: "Copy the username",
  deletedHint: "This account was deleted. What was written stays until you delete the chat.",

  search: "Search",
  mute: "Mute",
  unmute: "Unmute",
  mutedUntil: (time: string) => `Muted until ${time}.`,
  mutedForEver: "Muted until you unmute it.",
  favorite: "Favourite",
  archive: "Archive",
  unarchive: "Unarchive",

  encryption: "Encryption",
  encryptedPrivate: (name: string) =>
    `End-to-end encrypted: only you and ${name} can read what is written here. The server passes it on without being able to.`,
  encryptedOld: (name: string) =>
    `What you write here is end-to-end encrypted. The chat was begun with an old client, though: what ${name} writes with that may not be, and then says so.`,
  encryptedGroup: (kind: Kind) =>
    `End-to-end encrypted: only those who are in this ${thing(kind)} can read what is written here. The server knows who they are, the title and the picture.`,
  plain:
    "Nothing here is encrypted: whoever runs the server can read it all, and so can anybody who breaks into it.",

  safety: {
    title: "Safety number",
    verifiedSince: (day: string) => `Verified on ${day}`,
    unverified: "Not verified",
    explanation: (name: string) =>
      `Compare it with the one that ${name} sees, face to face or on a call. If both are the same, nobody is between you, not even the server.`,
    digits: "Safety number, digit by digit",
    copy: "Copy the number",
    showCode: "Show code",
    scan: "Scan code",
    verified: "Verified",
    verifiedHint: "I have compared the number. Counts on all my devices.",
    codeTitle: (name: string) => `QR code for ${name}`,
    codeHint: (name: string) =>
      `${name} opens your page in Tacit, chooses “Scan code” and points the camera here.`,
    codeLabel: (name: string) => `QR code of your safety number with ${name}`,
    oldClient: (name: string) =>
      `${name} uses an old client, which has no identity of its own. The server vouches for the key: it could put another in its place and read along. There is nothing to compare until ${name} signs in with a new client.`,
    changed: (name: string) => `The identity of ${name} has changed`,
    changedMeaning: (name: string) =>
      `Either ${name} had to set up a new one, or somebody, perhaps the server, pretends to be ${name}. What you write is held back until you decide.`,
    changedCompare: (name: string) =>
      `Ask ${name} on another way, and compare this number, which belongs to the identity so far. If ${name} still sees the same one, the change is not theirs: do not accept it.`,
    numberSoFar: "Safety number so far",
    accept: "Accept the new identity",
    acceptTitle: "Accept the new identity?",
    acceptDescription: (name: string) =>
      `What was held back is sent, encrypted for the new identity. It is not verified: compare the new safety number with ${name} afterwards.`,
  },

  scanner: {
    title: (name: string) => `Scan the code of ${name}`,
    hint: (name: string) =>
      `Let ${name} show the QR code on your page in their Tacit, and point the camera at it.`,
    starting: "Starting the camera…",
    looking: "Looking for a code…",
    viewfinder: "What the camera sees",
    refused:
      "Tacit may not use the camera. Allow it in the browser's settings for this page, or compare the numbers by eye.",
    noCamera: "There is no camera here. Compare the numbers by eye.",
    cameraBusy:
      "The camera cannot be used just now; perhaps another program has it. Try again, or compare the numbers by eye.",
    match: (name: string) => `They match: nobody is between you and ${name}.`,
    mismatch: (name: string) =>
      `They do not match. Either this is the code for somebody else, or somebody is between you and ${name}. Compare again before you write anything secret.`,
    unreadable: "This is not a safety code of Tacit, or one of a newer version.",
    again: "Scan again",
    markVerified: "Mark as verified",
  },

  picture: {
    choose: "Choose a picture",
    change: "Change the picture",
    remove: "Remove the picture",
    saving: "The picture is being saved",
    crop: "Crop the picture",
    frame: "The picture: move it with the arrow keys",
    cropHint: "Drag the picture, or move it with the arrow keys.",
    zoom: "Zoom",
    use: "Use it",
    chooseOther: "Choose another",
    unreadable: "This file cannot be read as a picture. Choose another: PNG, JPEG, WebP or GIF.",
  },

  group: {
    kind: (kind: Kind, count: number) =>
      `${kind === "channel" ? "Channel" : "Group"} · ${plural(count, { one: "# member", other: "# members" })}`,
    title: "Title",
    editTitle: "Change the title",
    seenByServer: "The server can read the title and see the picture.",
    titleEmpty: "A title is needed.",
  },

  members: {
    title: (count: number) => plural(count, { one: "# member", other: "# members" }),
    search: "Search members",
    none: "Nobody here is called that.",
    owner: "Owner",
    admin: "Admin",
    optionsOf: (name: string) => `Options for ${name}`,
    add: "Add people",
    addTitle: (title: string) => `Add people to “${title}”`,
    newcomers: "They can read what is written from now on, and nothing encrypted from before.",
    added: (count: number) => plural(count, { one: "# person was added.", other: "# people were added." }),
    addChosen: (count: number) =>
      count === 0 ? "Add" : plural(count, { one: "Add # person", other: "Add # people" }),
    notAdded: (name: string, why: string) => `${name} was not added. ${why}`,
    write: "Write privately",
    makeAdmin: "Make admin",
    takeAdmin: "Take admin away",
    handOver: "Hand over ownership",
    handOverTitle: (name: string) => `Hand over to ${name}?`,
    handOverDescription: (name: string, kind: Kind) =>
      `${name} becomes the owner of this ${thing(kind)}, and you an admin. Only ${name} could hand it back.`,
    remove: "Remove",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeDescription: (name: string, kind: Kind) =>
      `${name} gets nothing more that is written in this ${thing(kind)}. What was received stays.`,
    removed: (name: string) => `${name} was removed.`,
  },

  block: {
    block: (name: string) => `Block ${name}`,
    unblock: (name: string) => `Unblock ${name}`,
    title: (name: string) => `Block ${name}?`,
    description: (name: string) =>
      `${name} can no longer write to you in private, and sees you offline. They are not told. In groups that you share, you still see each other's messages.`,
    action: "Block",
    blocked: (name: string) => `You have blocked ${name}.`,
  },

  report: {
    report: (name: string) => `Report ${name}`,
    title: (name: string) => `Report ${name}`,
    description:
      "The administrators of this server get to read your reason and who you are. The person is not told.",
    reason: "Reason",
    reasonNeeded: "Say what happened, so that the administrators can judge it.",
    reveal: "Messages that the administrators may read",
    revealNone: "None",
    revealLast: (count: number) => plural(count, { one: "The last # message", other: "The last # messages" }),
    revealHint: (name: string) =>
      `They are encrypted, so the administrators cannot read them unless you reveal them here. Only messages of ${name} are revealed.`,
    revealed: "This is what they will read:",
    nothingToReveal: "There is no message here that could be revealed.",
    action: "Report",
    sent: "Your report was sent to the administrators.",
  },

  ending: {
    deleteChat: "Delete chat",
    leave: (kind: Kind) => `Leave the ${thing(kind)}`,
    leaveTitle: (title: string) => `Leave “${title}”?`,
    leaveDescription: "You get nothing more that is written there, until somebody adds you again.",
    leaveSuccessor: (name: string) => `You are the owner: ${name} becomes it when you leave.`,
    leaveLast: (kind: Kind) =>
      `You are the last one here: the ${thing(kind)} ends, and all that is in it is erased.`,
    leaveAction: "Leave",
    deleteForAll: "Delete for all",
  },
};
