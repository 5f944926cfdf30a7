import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { SMALL_ORDER_KEYS } from "./fixtures/small-order.ts";
import { isUsableX25519 } from "./x25519.ts";

it.each(SMALL_ORDER_KEYS)("%s, with which every shared secret is zero, is not usable", (key) => {
  expect(isUsableX25519(Buffer.from(key, "base64"))).toBe(false);
});

it("the keys that people make are usable, and so are those of RFC 7748, section 6.1", () => {
  const made = Array.from({ length: 50 }, () => {
    const { x = "" } = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });
    return Buffer.from(x, "base64url");
  });
  const published = [
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  ].map((hex) => Buffer.from(hex, "hex"));
  for (const key of [...made, ...published]) expect(isUsableX25519(key)).toBe(true);
});
