import fc from "fast-check";
import { expect, it } from "vitest";
import { openEnvelope, type SealedEnvelope, sealEnvelope } from "./envelope.ts";
import { anyKey, base64WithFlippedBit } from "./fixtures/tampering.ts";
import { randomBytes } from "./primitives/octets.ts";
import { generateX25519, x25519PublicKey } from "./primitives/x25519.ts";

const REFUSED = expect.objectContaining({ name: "CryptoError" });
const code = (of: string) => expect.objectContaining({ code: of });

it("gives the recipient the very key that was wrapped, and changes neither key", async () => {
  await fc.assert(
    fc.asyncProperty(anyKey, anyKey, async (messageKey, privateKey) => {
      const publicKey = await x25519PublicKey(privateKey);
      const given = [messageKey, publicKey, privateKey].map((octets) => octets.slice());
      const envelope = await sealEnvelope(messageKey, publicKey);
      const kept = structuredClone(envelope);
      expect(await openEnvelope(envelope, privateKey)).toEqual(messageKey);
      expect([messageKey, publicKey, privateKey]).toEqual(given);
      expect(envelope).toEqual(kept);
    }),
  );
});

it("refuses an envelope of which any bit is another", async () => {
  const { publicKey, privateKey } = await generateX25519();
  const envelope = await sealEnvelope(randomBytes(32), publicKey);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<keyof SealedEnvelope>("key", "ephem_pub_key", "iv"),
      fc.nat(),
      async (field, bit) => {
        const changed = { ...envelope, [field]: base64WithFlippedBit(envelope[field], bit) };
        await expect(openEnvelope(changed, privateKey)).rejects.toEqual(REFUSED);
      },
    ),
    { numRuns: 500, examples: [["ephem_pub_key", 255]] },
  );
});

it("keeps an envelope closed for everybody else", async () => {
  const [recipient, other] = [await generateX25519(), await generateX25519()];
  const envelope = await sealEnvelope(randomBytes(32), recipient.publicKey);
  await expect(openEnvelope(envelope, other.privateKey)).rejects.toEqual(code("decryption_failed"));
});

it("makes a new pair and a new nonce for every envelope", async () => {
  const { publicKey } = await generateX25519();
  const envelopes = await Promise.all(
    Array.from({ length: 50 }, () => sealEnvelope(new Uint8Array(32), publicKey)),
  );
  for (const field of ["key", "ephem_pub_key", "iv"] as const) {
    expect(new Set(envelopes.map((envelope) => envelope[field])).size).toBe(50);
  }
});

it("wraps nothing for a key with which everybody would know the secret", async () => {
  await expect(sealEnvelope(randomBytes(32), new Uint8Array(32))).rejects.toEqual(code("zero_shared_secret"));
});

it.each([
  ["nothing", null],
  ["a text", "key"],
  ["a list", []],
  ["an empty object", {}],
  ["numbers", { key: 1, ephem_pub_key: 2, iv: 3 }],
  ["half of each naming", { key: "AA==", ephemeral_public_key: "AA==", nonce: "AA==" }],
  ["base64 without padding", { key: "AA", ephem_pub_key: "AA", iv: "AA" }],
])("refuses %s as an envelope", async (_, envelope) => {
  await expect(openEnvelope(envelope, randomBytes(32))).rejects.toEqual(code("malformed"));
});

it("refuses keys of another length", async () => {
  const { publicKey, privateKey } = await generateX25519();
  await expect(sealEnvelope(randomBytes(31), publicKey)).rejects.toEqual(code("wrong_length"));
  await expect(sealEnvelope(randomBytes(32), publicKey.subarray(1))).rejects.toEqual(code("wrong_length"));
  const envelope = await sealEnvelope(randomBytes(32), publicKey);
  await expect(openEnvelope(envelope, privateKey.subarray(1))).rejects.toEqual(code("wrong_length"));
});
