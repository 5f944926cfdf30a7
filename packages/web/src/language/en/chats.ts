import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: the list of chats, its search, and new chats. */
export const chats = {
  name: "Chats",
  listOf: { all: "All chats", unread: "Unread chats", groups: "Groups", channels: "Channels" },
  archivedList: "Archived chats",

  // The header.
  myMenu: (name: string) => `${name}: menu`,
  settings: "Settings",
  administration: "Administration",
  archived: "Archived chats",
  archivedLine: (count: number) => `Archived (${count})`,
  markAllRead: "Mark everything as read",
  allRead: "Everything is marked as read.",
  newChatMenu: "New chat",
  newPrivate: "Write to somebody",
  newGroup: "New group",
  newChannel: "New channel",

  // Filters.
  show: "Show",
  filters: { all: "All", unread: "Unread", groups: "Groups", channels: "Channels" },
  withUnread: (count: number) =>
    plural(count, { one: "# chat with unread messages", other: "# chats with unread messages" }),

  // A row.
  encryptedNot: "Not encrypted",
  online: "online",
  group: "group",
  channel: "channel",
  favorite: "favourite",
  muted: "muted",
  unread: (count: number, most: boolean) =>
    most
      ? "1000 or more unread messages"
      : plural(count, { one: "# unread message", other: "# unread messages" }),
  you: "You",
  draft: "Draft:",
  typing: "typing…",
  typingOne: (name: string) => `${name} is typing…`,
  typingMany: (count: number) => plural(count, { one: "# person is typing…", other: "# people are typing…" }),
  empty: "No messages yet",
  photos: (count: number) => (count === 1 ? "Photo" : plural(count, { one: "# photo", other: "# photos" })),
  videos: (count: number) => (count === 1 ? "Video" : plural(count, { one: "# video", other: "# videos" })),
  files: (count: number) => plural(count, { one: "# file", other: "# files" }),
  voice: "Voice message",
  round: "Video message",
  unreadable: "This message cannot be read here",
  states: {
    queued: "Waiting to be sent",
    sending: "Being sent",
    held: "Held back until you look at it",
    failed: "Not sent",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
  },

  // What can be done with a chat.
  actionsOf: (title: string) => `What to do with ${title}`,
  open: "Open",
  markRead: "Mark as read",
  addFavorite: "Add to favourites",
  removeFavorite: "Remove from favourites",
  archive: "Archive",
  unarchive: "Take out of the archive",
  wasArchived: (title: string) => `“${title}” is archived.`,
  wasUnarchived: (title: string) => `“${title}” is back among the chats.`,
  mute: "Mute…",
  unmute: "Unmute",
  muteTitle: (title: string) => `Mute “${title}”`,
  muteHint:
    "Nothing announces its messages. They still arrive and are counted. It holds on all your devices.",
  muteFor: { hour: "For 1 hour", hours: "For 8 hours", week: "For 1 week", ever: "For ever" },
  wasMuted: (title: string) => `“${title}” is muted.`,

  favoritesFullTitle: "Five favourites already",
  favoritesFullHint: (title: string) => `There is room for 5. Take one out to make room for “${title}”.`,
  takeOut: (title: string) => `Take out ${title}`,
  deleteChat: "Delete chat",
  leaveGroup: "Leave group",
  leaveChannel: "Leave channel",
  deleteForAll: "Delete for everyone",
  deleteTitle: (title: string) => `Delete the chat with ${title}?`,
  deleteHint: "All its messages are gone for you, on all your devices. That cannot be undone.",
  alsoForOther: (name: string) => `Delete for ${name} as well`,
  leaveTitle: (title: string) => `Leave “${title}”?`,
  leaveHint: "You will not get its messages any more. What is on your devices of it goes.",
  leaveOwnerHint:
    "Somebody else becomes its owner: an admin, or who has been in it longest. What is on your devices of it goes.",
  leave: "Leave",
  deleteAllTitle: (title: string) => `Delete “${title}” for everyone?`,
  deleteAllHint: "It is gone with all its messages, for all who are in it. That cannot be undone.",

  // Nothing is here.
  noChats: "No chats yet",
  noChatsHint: "Find somebody by their username or name and say hello.",
  findSomebody: "Find somebody",
  noUnread: "Nothing unread",
  noUnreadHint: "You have read everything.",
  noGroups: "No groups yet",
  noChannels: "No channels yet",
  noArchived: "Nothing is archived",
  noArchivedHint: "What you archive is kept here, out of the way.",
  showAll: "Show all chats",

  // Search.
  search: "Search",
  clearSearch: "Clear the search",
  results: "Search results",
  foundChats: "Chats",
  foundPeople: "People",
  foundMessages: "Messages",
  onThisDevice: "Messages are searched on this device only: the server cannot read them.",
  nothingFound: (query: string) => `Nothing found for “${query}”`,
  nothingFoundHint: "Try another word, or a part of a name.",
  peopleOffline: "People cannot be searched for without a connection.",
  searching: "Searching…",
  foundSome: (count: number) => plural(count, { one: "# result", other: "# results" }),
  moreMessages: "More messages",
  moreChats: "More chats",

  // New chats.
  findPerson: "Username or name",
  findPersonHint: "A username finds anybody on this server.",
  yourPeople: "People you know",
  foundOnServer: "Found on this server",
  nobodyFound: (query: string) => `Nobody found for “${query}”`,
  nobodyYet: "Enter a username or a name: you know nobody here yet.",
  groupTitle: "Name of the group",
  channelTitle: "Name of the channel",
  titleMissing: "Give it a name.",
  titleHint: "The server can read the name.",
  members: "Who is in it",
  subscribers: "Who reads it",
  addPeople: "Add people",
  chosen: (count: number) => plural(count, { one: "# person chosen", other: "# people chosen" }),
  takeAway: (name: string) => `Take ${name} out`,
  encryptedSwitch: "Encrypted",
  encryptedOn: "Only those in it can read it, up to 500 people. That holds for ever.",
  encryptedOff:
    "Whoever runs the server can read everything in it. There is room for more than 500 people. That holds for ever.",
  clearForm: "Clear",
  createGroup: "Create group",
  createChannel: "Create channel",
};
