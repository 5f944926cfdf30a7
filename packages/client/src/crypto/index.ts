export {
  type AccountBundle,
  newAccountBundle,
  type OldKey,
  openAccountBundle,
  privateKeyOfVersion,
  privateKeys,
  rotateAccountBundle,
  sealAccountBundle,
} from "./account-bundle.ts";
export { openEnvelope, type SealedEnvelope, sealEnvelope } from "./envelope.ts";
export { CryptoError, type CryptoErrorCode } from "./errors.ts";
export {
  decryptFile,
  type EncryptFileOptions,
  encryptFile,
  type FileEncryption,
  type FileOptions,
} from "./file.ts";
export type { FileSource } from "./file-pieces.ts";
export type { ChunkedFile, FileShape, WholeFile } from "./file-shape.ts";
export type { JsonObject } from "./json-shape.ts";
export { publicKeyVerifies, type SignedPublicKey, signPublicKey } from "./key-signature.ts";
export {
  legacyMasterKey,
  legacyRecoveryKey,
  openLegacyPrivateKey,
  sealLegacyPrivateKey,
  upgradeLegacyAccount,
} from "./legacy-account.ts";
export { decryptText, encryptText, newMessageKey } from "./message.ts";
export {
  type EncryptedText,
  type KnownSender,
  type MessageContext,
  type MessageRefusal,
  type MessageVerdict,
  messageSignatureInput,
  signMessage,
  verifyMessage,
} from "./message-signature.ts";
export {
  CURRENT_KDF,
  newSalt,
  type PreparedKdf,
  prepareKdf,
  type StretchedPassword,
  stretchPassword,
} from "./password.ts";
export type { Octets } from "./primitives/octets.ts";
export { newRecoveryEntropy, type RecoveryKeys, recoveryKeys } from "./recovery-keys.ts";
export {
  proofPositions,
  provesRecoveryWords,
  readRecoveryWords,
  recoveryWords,
  unknownWordPositions,
} from "./recovery-words.ts";
export { compareSafetyQr, type Party, type QrComparison, safetyNumber, safetyQr } from "./safety-number.ts";
export {
  emptyVault,
  openVault,
  type Pin,
  sealVault,
  type VaultContents,
  type VerifiedContact,
} from "./vault.ts";
