import fc from "fast-check";
import { expect, it } from "vitest";
import { anyKey, anyOctets, withFlippedBit } from "../crypto/fixtures/tampering.ts";
import * as browser from "./aead.browser.ts";
import * as node from "./aead.node.ts";

const anyPlaintext = fc.uint8Array({ maxLength: 300 });
const DECRYPTION_FAILED = expect.objectContaining({ code: "decryption_failed" });
const WRONG_LENGTH = expect.objectContaining({ code: "wrong_length" });

it("seals the same octets in Node.js and in a browser, and each opens what the other sealed", () => {
  fc.assert(
    fc.property(anyKey, anyOctets(12), anyPlaintext, (key, nonce, plaintext) => {
      const sealed = node.sealAead(key, nonce, plaintext);
      expect(browser.sealAead(key, nonce, plaintext)).toEqual(sealed);
      expect(browser.openAead(key, nonce, sealed)).toEqual(plaintext);
      expect(node.openAead(key, nonce, sealed)).toEqual(plaintext);
    }),
  );
});

for (const [name, { sealAead, openAead }] of Object.entries({ browser, node })) {
  it(`refuses any flipped bit and changes nothing that it is given (${name})`, () => {
    fc.assert(
      fc.property(anyKey, anyOctets(12), anyPlaintext, fc.nat(), (key, nonce, plaintext, bit) => {
        const given = [key, nonce, plaintext].map((octets) => octets.slice());
        const sealed = sealAead(key, nonce, plaintext);
        const kept = sealed.slice();
        expect(() => openAead(withFlippedBit(key, bit), nonce, sealed)).toThrow(DECRYPTION_FAILED);
        expect(() => openAead(key, withFlippedBit(nonce, bit), sealed)).toThrow(DECRYPTION_FAILED);
        expect(() => openAead(key, nonce, withFlippedBit(sealed, bit))).toThrow(DECRYPTION_FAILED);
        expect(openAead(key, nonce, sealed)).toEqual(plaintext);
        expect([key, nonce, plaintext]).toEqual(given);
        expect(sealed).toEqual(kept);
      }),
    );
  });

  it(`refuses keys and nonces of another length, and less than a tag (${name})`, () => {
    const [key, nonce, sealed] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(16)];
    for (const length of [0, 16, 31, 33]) {
      expect(() => sealAead(new Uint8Array(length), nonce, sealed)).toThrow(WRONG_LENGTH);
      expect(() => openAead(new Uint8Array(length), nonce, sealed)).toThrow(WRONG_LENGTH);
    }
    for (const length of [0, 8, 11, 13, 24]) {
      expect(() => sealAead(key, new Uint8Array(length), sealed)).toThrow(WRONG_LENGTH);
      expect(() => openAead(key, new Uint8Array(length), sealed)).toThrow(WRONG_LENGTH);
    }
    expect(() => openAead(key, nonce, sealed.subarray(1))).toThrow(DECRYPTION_FAILED);
  });
}
