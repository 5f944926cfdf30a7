/** Where everything is: the part of the address after `#`. Addresses of chats can be kept and opened again. */
export const routes = {
  home: "/",
  chat: (chatId: number) => `/chat/${chatId}`,
  /** Opens a chat at a message. */
  message: (chatId: number, messageId: number) => `/chat/${chatId}/message/${messageId}`,
  /** What there is to know about a chat: members, identity, pictures. */
  information: (chatId: number) => `/chat/${chatId}/info`,
  /** Opens a chat with the search in it. */
  search: (chatId: number) => `/chat/${chatId}/search`,
  archive: "/archive",
  newChat: "/new",
  newGroup: "/new/group",
  newChannel: "/new/channel",
  settings: (section = "") => (section ? `/settings/${section}` : "/settings"),
  administration: (section = "") => (section ? `/administration/${section}` : "/administration"),
  signIn: "/",
  signUp: "/sign-up",
  invite: (code: string) => `/join/${encodeURIComponent(code)}`,
  recover: "/recover",
  oldAccount: "/old-account",
} as const;

/** Whether an address opens nothing beside the list of chats: on a phone that one is all there is. */
export function isList(location: string): boolean {
  return !/^\/(chat|settings|administration)(\/|$)/.test(location);
}
