import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: settings. */
export const settings = {
  title: "Settings",
  sections: {
    profile: "Profile",
    password: "Password",
    recovery: "Recovery words",
    sessions: "Devices",
    notifications: "Notifications",
    appearance: "Appearance",
    storage: "Storage",
    blocked: "Blocked people",
    about: "About Tacit",
    leaving: "Sign out and delete",
  },
  administration: "Administration",

  picture: "Picture",
  pictureHint: "Everybody on this server can see it.",
  pictureSaved: "Your picture is changed.",
  pictureRemoved: "Your picture is removed.",
  nickname: "Name",
  nicknameHint: "What others see you as. Anybody can take any name.",
  nicknameSaved: "Your name is changed.",
  nicknameLength: "A name has 1 to 32 characters.",
  username: "Username",
  usernameHint: "What others find you by. Nobody else on this server has the same.",
  usernameSaved: "Your username is changed.",
  usernameLength: "A username has 1 to 64 characters.",
  login: "Login",
  loginHint: "You sign in with it. It is a secret like your password: show it to nobody.",
  showLogin: "Show the login",
  hideLogin: "Hide the login",

  passwordHint: "Changing it signs you out on all your other devices. Your recovery words stay as they are.",
  currentPassword: "Current password",
  newPassword: "New password",
  changePassword: "Change the password",
  passwordChanged: "Your password is changed. All your other devices are signed out.",

  recoveryHint:
    "Twelve words open your account when the password is forgotten. Without the password and without the words nobody can open it, not even the people who run this server.",
  renewRecovery: "Make new words",
  renewRecoveryHint:
    "The old words are good until you have proven the new ones. After that they open nothing.",
  lostWords: "Somebody else may have seen the old words",
  lostWordsHint:
    "Then your keys are replaced as well: whoever has the old words cannot read what is written to you from now on.",
  yourPassword: "Your password",
  makeWords: "Make new words",
  useWords: "Use these words from now on",
  renewed: "Your new recovery words are in force. The old ones open nothing any more.",
  advanced: "Advanced",
  rotateKeys: "Replace the keys",
  rotateKeysHint:
    "Your account gets a new key for what others write to you from now on. Your recovery words stay, your safety numbers stay, and everything written so far can still be read, on all your devices.",
  keysRotated: "Your keys are replaced.",

  sessionsHint:
    "Where you are signed in. If you do not know one of them, sign it out and change your password.",
  thisDevice: "This device",
  unknownDevice: "Unknown device",
  signedIn: "Signed in",
  lastSeen: "Last seen",
  address: "Address",
  app: "App",
  revoke: "Sign out",
  revokeNamed: (device: string) => `Sign out ${device}`,
  revokeTitle: (device: string) => `Sign out “${device}”?`,
  revokeDescription:
    "It receives nothing more. What it has stored stays on it, sealed, until somebody removes it there.",
  revoked: (device: string) => `${device} is signed out.`,
  revokeOthers: "Sign out all other devices",
  revokeOthersTitle: "Sign out all other devices?",
  revokeOthersDescription: "Only this device stays signed in. The others need your password to come back.",
  othersRevoked: "All other devices are signed out.",
  noOthers: "You are signed in nowhere else.",

  theme: "Colours",
  themes: { system: "As the system", light: "Light", dark: "Dark" },
  language: "Language",
  textSize: "Size of the text",
  textSizes: { small: "Small", normal: "Normal", large: "Large" },
  sample: "This is how a message will look.",
  keptHere: "These are kept on this device.",

  used: "Used on this device",
  usedOf: (used: string, quota: string) => `${used} of ${quota}`,
  whatIsKept:
    "Your chats and messages as they were decrypted, what waits to be sent, and the index for searching: all of it sealed, so that only Tacit in this browser reads it. Files are fetched when you open them, and not kept.",
  keptSafely: "The browser keeps it, even if the disk is nearly full.",
  notKeptSafely:
    "The browser may throw it away if the disk is nearly full. What is sent would come back; what waits to be sent would not.",
  askToKeep: "Ask the browser to keep it",
  keptRefused: "The browser does not promise it yet. It does for pages that are used often, or installed.",
  unknownUsage: "This browser does not tell how much is used.",
  clear: "Make room",
  clearHint:
    "Removes old messages from this device. They stay on the server, and come back when you scroll to them.",
  clearAction: "Remove old messages",
  clearTitle: "Remove old messages from this device?",
  clearDescription:
    "Of every chat the newest 50 messages stay, and all that you have not read. The others come back when you scroll up to them. Until then the search does not find them, and without a network they cannot be read.",
  clearing: (done: number, total: number) => `Chat ${done} of ${total}`,
  cleared: "Old messages are removed from this device.",

  blockedHint: "They cannot write to you in private, and see you as offline. They are not told.",
  nobodyBlocked: "You have blocked nobody",
  nobodyBlockedHint: "You can block somebody in what there is to know about your chat with them.",
  unblock: "Unblock",
  unblockNamed: (name: string) => `Unblock ${name}`,
  unblocked: (name: string) => `${name} is no longer blocked.`,

  version: "Version",
  licence: "Licence",
  licenceText: "Apache 2.0. Everybody may use, change and pass on Tacit.",
  about: "A messenger in which only the people who talk can read what they say.",
  protocol: "How Tacit works: the protocol, for who wants to check it",
  shortcuts: "Keyboard shortcuts",
  keys: {
    enter: "Enter",
    shift: "Shift",
    escape: "Esc",
    tab: "Tab",
    up: "↑",
    arrows: "↑ ↓",
    control: "Ctrl",
    k: "K",
    space: "Space",
  },
  shortcutTexts: {
    send: "Send the message",
    newLine: "New line in a message",
    edit: "Edit your last message, in an empty message field",
    search: "Search",
    next: "Next thing on the screen",
    previous: "Thing before it",
    choose: "Move in a menu or a list of choices",
    press: "Press the button that has the focus",
    close: "Close a dialog or a menu",
  },

  signOut: "Sign out",
  signOutHint:
    "Everything of this account is removed from this device: messages and keys. They come back when you sign in again. For that you need your login and your password, or your recovery words.",
  signOutTitle: "Sign out of this device?",
  signOutDescription:
    "Everything of this account is removed from this device. Make sure that you have your password or your recovery words.",
  unsent: (count: number) =>
    plural(count, {
      one: "# message is not sent yet. It would be lost.",
      other: "# messages are not sent yet. They would be lost.",
    }),
  deleteAccount: "Delete the account",
  deleteHint: "For good. Nobody can bring it back.",
  deleteTitle: "Delete your account for good?",
  deleteDescription:
    "Your name, picture and keys are deleted, you leave every chat, and your devices are signed out. What you wrote to others stays with them, under “Deleted account”.",
};
