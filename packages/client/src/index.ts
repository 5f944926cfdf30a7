export { fileFromPath } from "#platform/file-from-path";
export { waveformOf } from "#platform/waveform";
export type { PasswordChange } from "./account/change-password.ts";
export {
  type AboutAccount,
  type PasswordPolicy,
  type PasswordStrength,
  passwordStrength,
} from "./account/password-strength.ts";
export type { RecoveryProof, RecoveryRenewal } from "./account/recovery-proof.ts";
export type { Rotation } from "./account/rotate-keys.ts";
export type { DeviceSession } from "./account/sessions.ts";
export { unknownRecoveryWords } from "./account/typed-words.ts";
export type { ContactIdentity, SearchOptions } from "./core/commands.ts";
export type { DeviceOptions, ServerOptions } from "./core/opening.ts";
export { CryptoError, type CryptoErrorCode } from "./crypto/errors.ts";
export type { QrComparison } from "./crypto/safety-number.ts";
export { ERROR_ADVICE, type ErrorAction, type ErrorAdvice } from "./error-advice.ts";
export {
  type ClientErrorCode,
  type RefusedField,
  TacitError,
  type TacitErrorCode,
  type TacitErrorDetails,
} from "./errors.ts";
export type { DescribedFile, FileContent, FileStream, OutgoingFile } from "./media/outgoing-file.ts";
export type { OpenDirectory } from "./platform/directory.ts";
export type { FileFromPath } from "./platform/file-from-path.ts";
export type { Waveform, WaveformOf } from "./platform/waveform.ts";
export { type DirectoryOptions, directory } from "./store/directory.ts";
export { type IndexedDbOptions, indexedDb } from "./store/indexed-db.ts";
export { memory } from "./store/memory.ts";
export type { Storage } from "./store/storage.ts";
export type { Draft, MessageTrust, NoticeRecord, OutboxFailure, UnreadableReason } from "./store/tables.ts";
export type { Change } from "./sync/changes.ts";
export {
  type ChangeOf,
  type LoginOptions,
  type OldAccountOptions,
  type RecoverOptions,
  type RegisterOptions,
  Tacit,
  type Unproven,
} from "./tacit.ts";
export type { ConnectionState } from "./transport/transport.ts";
export type { OwnAccount, OwnProfile } from "./views/account.ts";
export type { Administration, AdminUser, Invite, Report } from "./views/admin.ts";
export type { Attachment, TransferOptions } from "./views/attachment.ts";
export type { Chat } from "./views/chat.ts";
export type { Chats, NewChat } from "./views/chats.ts";
export type { ChatMember } from "./views/members.ts";
export type { Message, MessageState } from "./views/message.ts";
export type { Outgoing } from "./views/outgoing.ts";
export type { People, Person, PersonReference } from "./views/people.ts";
export type { PageOptions } from "./views/timeline.ts";
