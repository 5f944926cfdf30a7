import type { FileEncryption } from "../crypto/file.ts";
import type { FileSource } from "../crypto/file-pieces.ts";
import type { Octets } from "../crypto/primitives/octets.ts";

/** How a file is to be encrypted or decrypted. */
export interface CipherOptions {
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Encrypts and decrypts files where that does not hold up the program. */
export interface FileCipher {
  /**
   * As `encryptFile` of the cryptography.
   * @param whole in one piece, for old clients
   * @throws CryptoError, also while reading; what the source throws
   */
  encrypt(
    key: Uint8Array,
    source: FileSource,
    size: number,
    options: CipherOptions & { readonly whole: boolean },
  ): Promise<FileEncryption>;
  /**
   * As `decryptFile` of the cryptography.
   * @param size of the plaintext as its sender says, in octets: to choose where it is done
   * @throws CryptoError, also while reading; what the source throws
   */
  decrypt(
    key: Uint8Array,
    source: FileSource,
    metadata: unknown,
    options: CipherOptions & { readonly size: number },
  ): AsyncGenerator<Octets, void, undefined>;
}
