/** Why a cryptographic operation was refused. */
export type CryptoErrorCode =
  /** The ciphertext, its key or its nonce is not the one it was sealed with; nobody can tell which. */
  | "decryption_failed"
  /** Not in the format that it should have: base64, JSON, UTF-8, a number out of range. */
  | "malformed"
  /** A key, nonce, salt or signature has not the length that it must have. */
  | "wrong_length"
  /** The other side's X25519 key is a point of small order: the secret would be known to everyone (RFC 7748, section 6.1). */
  | "zero_shared_secret"
  /** A file ended before all that was announced had come. */
  | "file_incomplete"
  /** A file went on after all that was announced had come. */
  | "file_too_long"
  /** The server asks for a cheaper password hash than this client is ready to compute. */
  | "weak_kdf"
  /** The server asks for a password hash that would exhaust this client. */
  | "costly_kdf"
  /** A signature is not that of the identity key. */
  | "wrong_signature"
  /** Made by a newer version of the format than this client knows. */
  | "unsupported_version"
  /** An account bundle has no room for another old key. */
  | "too_many_keys"
  /** A recovery key has twelve words; these are more or fewer. */
  | "recovery_word_count"
  /** At least one of the words is none that recovery keys are made of. */
  | "recovery_word_unknown"
  /** Twelve good words that do not belong together: one is wrong, or their order is. */
  | "recovery_checksum";

const MESSAGES: Readonly<Record<CryptoErrorCode, string>> = {
  decryption_failed: "This could not be decrypted with this key",
  malformed: "This has not the expected format",
  wrong_length: "A key, nonce, salt or signature has the wrong length",
  zero_shared_secret: "The public key of the other side is not a usable one",
  file_incomplete: "The file is incomplete",
  file_too_long: "The file is longer than announced",
  weak_kdf: "The server asks for a weaker password hash than is safe",
  costly_kdf: "The server asks for a costlier password hash than is reasonable",
  wrong_signature: "The signature does not verify",
  unsupported_version: "This was made by a newer version",
  too_many_keys: "There is no room for another old key",
  recovery_word_count: "A recovery key has twelve words",
  recovery_word_unknown: "At least one of these is no word of a recovery key",
  recovery_checksum: "One of these words is wrong, or their order is",
};

/** What every refusal of the cryptography is thrown as. The message is fixed for each code, so it can hold no secret. */
export class CryptoError extends Error {
  /** Tells it from other errors in logs. */
  override readonly name = "CryptoError";
  /** Why; programs go by this, never by the message. */
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
