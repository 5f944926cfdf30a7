import { expect, it } from "vitest";
import { computesEd25519, type Ed25519 } from "./ed25519.ts";
import { nobleEd25519 } from "./ed25519-noble.ts";
import { computesX25519, type X25519 } from "./x25519.ts";
import { nobleX25519 } from "./x25519-noble.ts";

const unknownCurve = async () => {
  throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
};

it("does without an engine's X25519 that is missing or computes something else", async () => {
  const missing: X25519 = { ...nobleX25519, sharedSecret: unknownCurve };
  const wrong: X25519 = { ...nobleX25519, sharedSecret: async () => new Uint8Array(32).fill(1) };
  expect(await Promise.all([missing, wrong, nobleX25519].map(computesX25519))).toEqual([false, false, true]);
});

it("does without an engine's Ed25519 that is missing or accepts or makes something else", async () => {
  const missing: Ed25519 = { ...nobleEd25519, sign: unknownCurve };
  const wrong: Ed25519 = { ...nobleEd25519, sign: async () => new Uint8Array(64) };
  const refusing: Ed25519 = { ...nobleEd25519, verify: async () => false };
  const libraries = [missing, wrong, refusing, nobleEd25519];
  expect(await Promise.all(libraries.map(computesEd25519))).toEqual([false, false, false, true]);
});
