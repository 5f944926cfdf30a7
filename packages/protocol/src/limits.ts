const KIB = 1024;
const MIB = 1024 * KIB;

/** Every number of the protocol, in one place. Sizes are bytes, times are milliseconds, unless the name says otherwise. */
export const LIMITS = {
  /** Unicode code points of a login or username. */
  nameCharacters: 64,
  nicknameCharacters: 32,
  titleCharacters: 128,
  passwordBytes: 1024,
  passwordMinCharacters: 8,
  /** A field that carries key material, opaque to the server. */
  keyFieldBytes: 8 * KIB,
  deviceHeaderCharacters: 128,
  requestIdCharacters: 64,
  jsonBodyBytes: 2 * MIB,
  /** Levels of arrays and objects within each other. */
  jsonDepth: 64,
  messageBytes: 256 * KIB,
  metadataEntries: 32,
  metadataBytes: 64 * KIB,
  /** Nonces of one file: more than its share of the metadata has room for. */
  fileChunks: 10_000,
  messageTypeCharacters: 64,
  /** About as many as a frame has room for: a group that is not encrypted for good may grow beyond that. */
  envelopes: 5000,
  /** One field of an envelope. */
  envelopeFieldBytes: 8 * KIB,
  envelopeFields: 16,
  chatMembersAtCreation: 1000,
  encryptedChatMembers: 500,
  favorites: 5,
  /** Above that many members, pointers go only to their owner and to the authors of messages passed. */
  pointersToAllMembers: 50,
  vaultBytes: 256 * KIB,
  avatarBytes: 5 * MIB,
  avatarPathCharacters: 255,
  mediaBytes: 50 * MIB,
  filenameCharacters: 1024,
  mimetypeCharacters: 255,
  searchDefault: 15,
  searchMax: 50,
  messagesDefault: 50,
  messagesMax: 200,
  syncDefault: 500,
  syncMax: 2000,
  syncChats: 10_000,
  syncAnswerBytes: 4 * MIB,
  syncCursorCharacters: 256,
  unreadMax: 1000,
  reportReasonCharacters: 2000,
  reportMessages: 100,
  reportRevealedBytes: 64 * KIB,
  inviteUses: 1000,
  inviteDays: 365,
  inviteCodeCharacters: 128,
  /** Entries in one answer of the administrators' lists. */
  adminPage: 100,
  frameBytes: MIB,
  unfinishedFrames: 64,
  refusedFramesPerMinute: 100,
  initContacts: 10_000,
  /** Chats that one socket has joined at a time: with one more, it leaves the one that it joined first. */
  joinedChats: 1000,
  accessTokenSeconds: 15 * 60,
  sessionDays: 30,
  rememberedSessionDays: 365,
  refreshReuse: 10_000,
  recoveryToken: 10 * 60_000,
} as const;

function kib(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;
}

/** The limits that a client has to know, in words. */
export const PUBLISHED_LIMITS: readonly (readonly [what: string, limit: string])[] = [
  ["Login, username", `${LIMITS.nameCharacters} characters`],
  ["Nickname", `${LIMITS.nicknameCharacters} characters`],
  ["Title of a group or channel", `${LIMITS.titleCharacters} characters`],
  [
    "Password",
    `${LIMITS.passwordMinCharacters} characters, unless set otherwise, to ${LIMITS.passwordBytes} bytes`,
  ],
  ["Field with key material", kib(LIMITS.keyFieldBytes)],
  ["JSON body", kib(LIMITS.jsonBodyBytes)],
  ["WebSocket frame", kib(LIMITS.frameBytes)],
  ["Message", kib(LIMITS.messageBytes)],
  [
    "Files of a message",
    `${LIMITS.metadataEntries}, described in ${kib(LIMITS.metadataBytes)} not counting enc_file`,
  ],
  ["Picture", kib(LIMITS.avatarBytes)],
  ["Uploaded file", kib(LIMITS.mediaBytes)],
  ["Vault", kib(LIMITS.vaultBytes)],
  ["People in a new chat", `${LIMITS.chatMembersAtCreation}`],
  ["Members of an encrypted chat", `${LIMITS.encryptedChatMembers}`],
  ["Favourites", `${LIMITS.favorites}`],
  ["Messages in one answer", `${LIMITS.messagesMax}`],
  ["Contacts in init", `${LIMITS.initContacts}`],
  ["Chats joined by a socket", `${LIMITS.joinedChats}; with one more, it leaves the one joined first`],
  ["Chats in one sync", `${LIMITS.syncChats}`],
  ["Unfinished frames of a socket", `${LIMITS.unfinishedFrames}; then the server stops reading for a while`],
  ["Refused frames of a socket", `${LIMITS.refusedFramesPerMinute} a minute`],
  ["Access token", `${LIMITS.accessTokenSeconds / 60} minutes`],
  [
    "Session",
    `${LIMITS.sessionDays} days from its last refresh, ${LIMITS.rememberedSessionDays} if remembered`,
  ],
];
