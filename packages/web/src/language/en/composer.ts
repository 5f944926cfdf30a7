import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: composer. */
export const composer = {
  message: "Message",
  send: "Send",
  saveEdit: "Save",
  editing: "Editing",
  replyingTo: (name: string) => `Reply to ${name}`,
  cancelEdit: "Stop editing",
  cancelReply: "Do not reply to it",
  charactersLeft: (count: number) =>
    plural(count, { one: "Room for about # more character", other: "Room for about # more characters" }),
  charactersOver: (count: number) =>
    plural(count, { one: "About # character too long", other: "About # characters too long" }),
  draftNotKept: "What you write cannot be kept on this device for now. Send it before you close the page.",

  emoji: "Emoji",
  searchEmoji: "Search emoji",
  recentEmoji: "Recent",
  noEmoji: "There is no such emoji.",
  emojiFailed: "The emoji could not be loaded. Check the connection.",
  skinTone: (tone: string) => `Skin tone: ${tone}`,
  tones: {
    none: "yellow",
    light: "light",
    "medium-light": "medium-light",
    medium: "medium",
    "medium-dark": "medium-dark",
    dark: "dark",
  },

  attach: "Attach files",
  files: "Files",
  sendFiles: (count: number) => plural(count, { one: "Send # file", other: "Send # files" }),
  addFiles: "Add files",
  caption: "Caption",
  moveUp: (name: string) => `Move ${name} up`,
  removeFile: (name: string) => `Remove ${name}`,
  asFiles: "Send as files",
  asFilesHint: "Nobody sees a preview in the chat.",
  preparing: "Encrypting…",
  dropFiles: "Drop files here",
  dropFilesHint: "You can look through them before they are sent.",
  refusals: {
    tooLarge: "larger than 50 MB, too large to be sent.",
    empty: "there is nothing in it.",
    tooMany: "one message takes 32 files. Send it with the next.",
    folder: "folders cannot be sent. Choose the files in it.",
  },
};
