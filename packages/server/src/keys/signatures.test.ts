import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { TestIdentity } from "./fixtures/identity.ts";
import { openDirectory, signatureVerifies } from "./signatures.ts";

function signed(fields: ReturnType<TestIdentity["next"]>) {
  const { public_key, identity_key, signature, key_version } = fields;
  return { publicKey: public_key, identityKey: identity_key, signature, keyVersion: key_version };
}

it("accepts the published examples, which were made with other software", async () => {
  const { key_signature: examples } = JSON.parse(
    await readFile(new URL("../../../../vectors/crypto.json", import.meta.url), "utf8"),
  );
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    expect(signatureVerifies(signed(example))).toBe(true);
    expect(signatureVerifies({ ...signed(example), keyVersion: example.key_version - 1 })).toBe(false);
  }
});

it("accepts what the identity signed, for any version of 32 bits", () => {
  const identity = new TestIdentity();
  for (const version of [0, 1, 256, 0x8000_0000, 0xffff_ffff]) {
    expect(signatureVerifies(signed(identity.next(version)))).toBe(true);
  }
});

it("refuses the same signature for another key, version or identity", () => {
  const key = signed(new TestIdentity().next(1));
  const other = signed(new TestIdentity().next(1));
  expect(signatureVerifies({ ...key, publicKey: other.publicKey })).toBe(false);
  expect(signatureVerifies({ ...key, identityKey: other.identityKey })).toBe(false);
  expect(signatureVerifies({ ...key, keyVersion: 0x0100_0000 })).toBe(false);
});

it("refuses a second form of the same signature (RFC 8032, section 5.1.7: S is below the group's order)", () => {
  const key = signed(new TestIdentity().next(1));
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = Buffer.from(key.signature, "base64");
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + order;
  Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse().copy(bytes, 32);
  expect(signatureVerifies({ ...key, signature: bytes.toString("base64") })).toBe(false);
});

it("refuses identity keys for which a signature can be made up", () => {
  const weak = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ].map((hex) => Buffer.from(hex, "hex"));
  const { publicKey } = signed(new TestIdentity().next(1));
  for (const point of weak) {
    // R is the point itself and S is zero: for some versions that satisfies the equation of Ed25519.
    for (const r of [point, ...weak.slice(0, 4)]) {
      const signature = Buffer.concat([r, Buffer.alloc(32)]).toString("base64");
      for (let keyVersion = 1; keyVersion <= 16; keyVersion++) {
        const forged = { publicKey, identityKey: point.toString("base64"), signature, keyVersion };
        expect(signatureVerifies(forged)).toBe(false);
      }
    }
  }
});

it("refuses base64 that only some decoders read", () => {
  const key = signed(new TestIdentity().next(1));
  expect(signatureVerifies({ ...key, signature: key.signature.replace(/=+$/, "") })).toBe(false);
  expect(signatureVerifies({ ...key, identityKey: `${key.identityKey}\n` })).toBe(false);
  expect(signatureVerifies({ ...key, publicKey: key.publicKey.replace("=", "==") })).toBe(false);
});

it("the directory's signature verifies with the identity key that it shows", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const directory = openDirectory(privateKey.export({ format: "der", type: "pkcs8" }));
  const { public_key: publicKey } = new TestIdentity().next(1);
  const signature = directory.sign(publicKey, 5);
  const key = { publicKey, identityKey: directory.identityKey, signature, keyVersion: 5 };
  expect(signatureVerifies(key)).toBe(true);
});
