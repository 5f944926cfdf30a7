import fc from "fast-check";
import { expect, it } from "vitest";
import { anyKey, base64WithFlippedBit, withFlippedBit } from "./fixtures/tampering.ts";
import { decryptText, encryptText, newMessageKey } from "./message.ts";

const code = (of: string) => expect.objectContaining({ code: of });

it("gives any text back, beside whatever else the message says, and does not change the key", () => {
  fc.assert(
    fc.property(anyKey, fc.string({ unit: "binary" }), (key, plaintext) => {
      const kept = key.slice();
      const message = JSON.stringify({ ...encryptText(key, plaintext), rev: 3, sig: "x" });
      expect(decryptText(key, message)).toBe(plaintext);
      expect(key).toEqual(kept);
    }),
  );
});

it("refuses a message or a key of which any bit is another", () => {
  fc.assert(
    fc.property(anyKey, fc.string(), fc.nat(), (key, plaintext, bit) => {
      const sealed = encryptText(key, plaintext);
      for (const field of ["ciphertext", "nonce"] as const) {
        const changed = { ...sealed, [field]: base64WithFlippedBit(sealed[field], bit) };
        expect(() => decryptText(key, JSON.stringify(changed))).toThrow(code("decryption_failed"));
      }
      const other = withFlippedBit(key, bit);
      expect(() => decryptText(other, JSON.stringify(sealed))).toThrow(code("decryption_failed"));
    }),
  );
});

it("never encrypts twice alike", () => {
  const key = newMessageKey();
  const sealed = Array.from({ length: 1000 }, () => encryptText(key, "again"));
  expect(new Set(sealed.map(({ nonce }) => nonce)).size).toBe(1000);
  expect(new Set(sealed.map(({ ciphertext }) => ciphertext)).size).toBe(1000);
});

it.each([
  "",
  "hello",
  "null",
  "[]",
  "{}",
  '{"ciphertext":"AAAA"}',
  '{"ciphertext":1,"nonce":2}',
  '{"ciphertext":"A","nonce":"A"}',
])("refuses %j, which is no encrypted message", (message) => {
  expect(() => decryptText(newMessageKey(), message)).toThrow(code("malformed"));
});

it("refuses a nonce of another length, and half a character", () => {
  const key = newMessageKey();
  const { ciphertext } = encryptText(key, "hello");
  expect(() => decryptText(key, JSON.stringify({ ciphertext, nonce: "AAAA" }))).toThrow(code("wrong_length"));
  expect(() => encryptText(key, "\udc00")).toThrow(code("malformed"));
});
