import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  decryptFor,
  decryptMessage,
  encryptFor,
  encryptMessage,
  generateKeyPair,
  masterKey,
  openPrivateKey,
  publicKeyOf,
  recoveryKey,
  sealPrivateKey,
  unwrapKey,
  wrapKey,
} from "./legacy-crypto.ts";

interface WrapVector {
  readonly why?: string;
  readonly receiver_private_key: string;
  readonly receiver_public_key: string;
  readonly ephemeral_private_key: string;
  readonly message_key: string;
  readonly envelope: { readonly key: string; readonly ephem_pub_key: string; readonly iv: string };
}

interface Vectors {
  readonly key_wrap: WrapVector[];
  readonly key_wrap_invalid: WrapVector[];
  readonly message: { message_key: string; plaintext: string; message: string }[];
  readonly legacy_account: {
    password: string;
    salt: string;
    master_key: string;
    recovery_secret: string;
    recovery_key: string;
    private_key: string;
    pubk: string;
    pkebymk: string;
    pkebyrk: string;
  }[];
}

const path = new URL("../../../vectors/crypto.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vectors;

describe("an envelope", () => {
  test.each(vectors.key_wrap)("of the vectors opens, and is made again byte for byte", (vector) => {
    const { envelope, message_key, receiver_private_key, receiver_public_key, ephemeral_private_key } =
      vector;
    expect(publicKeyOf(receiver_private_key)).toBe(receiver_public_key);
    expect(unwrapKey(envelope, receiver_private_key)).toBe(message_key);
    const ephemeral = { privateKey: ephemeral_private_key, publicKey: publicKeyOf(ephemeral_private_key) };
    const iv = Buffer.from(envelope.iv, "base64");
    expect(wrapKey(message_key, receiver_public_key, ephemeral, iv)).toEqual(envelope);
  });

  test.each(vectors.key_wrap)("under the older names of its fields opens too", (vector) => {
    const { key, ephem_pub_key, iv } = vector.envelope;
    const older = { wrapped: key, ephemeral_public_key: ephem_pub_key, nonce: iv };
    expect(unwrapKey(older, vector.receiver_private_key)).toBe(vector.message_key);
  });

  test.each(vectors.key_wrap_invalid)("is refused: $why", ({ envelope, receiver_private_key }) => {
    expect(() => unwrapKey(envelope, receiver_private_key)).toThrow();
  });
});

describe("a message", () => {
  test.each(vectors.message)("of the vectors is read, and is made again byte for byte", (vector) => {
    expect(decryptMessage(vector.message, vector.message_key)).toBe(vector.plaintext);
    const nonce = Buffer.from(JSON.parse(vector.message).nonce, "base64");
    expect(encryptMessage(vector.plaintext, vector.message_key, nonce)).toBe(vector.message);
  });

  test("is read by each of its recipients and by nobody else", () => {
    const [alice, bob, eve] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
    const sent = encryptFor("hello", { 1: alice.publicKey, 2: bob.publicKey });
    for (const [id, person] of [[1, alice] as const, [2, bob] as const]) {
      expect(decryptFor(sent, id, person.privateKey)).toBe("hello");
      expect(() => decryptFor(sent, id, eve.privateKey)).toThrow();
    }
  });
});

describe("an old account", () => {
  test.each(vectors.legacy_account)("opens with its password and with its recovery secret", (account) => {
    expect(masterKey(account.password, account.salt)).toBe(account.master_key);
    expect(recoveryKey(account.recovery_secret)).toBe(account.recovery_key);
    expect(openPrivateKey(account.pkebymk, account.master_key)).toBe(account.private_key);
    expect(openPrivateKey(account.pkebyrk, account.recovery_key)).toBe(account.private_key);
    expect(publicKeyOf(account.private_key)).toBe(account.pubk);
    const nonce = Buffer.from(account.pkebymk, "base64").subarray(0, 12);
    expect(sealPrivateKey(account.private_key, account.master_key, nonce)).toBe(account.pkebymk);
  });

  test.each(vectors.legacy_account)("does not open with a wrong password", ({ password, salt, pkebymk }) => {
    expect(() => openPrivateKey(pkebymk, masterKey(`${password}.`, salt))).toThrow();
  });
});
