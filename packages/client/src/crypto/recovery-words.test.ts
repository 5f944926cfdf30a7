import fc from "fast-check";
import { expect, it } from "vitest";
import { anyOctets } from "./fixtures/tampering.ts";
import { newRecoveryEntropy, recoveryKeys } from "./recovery-keys.ts";
import {
  proofPositions,
  provesRecoveryWords,
  readRecoveryWords,
  recoveryWords,
  unknownWordPositions,
} from "./recovery-words.ts";

const anyEntropy = anyOctets(16);
const anySeparator = fc.constantFrom(" ", "  ", "\n", "\t", ", ", ". ", " - ", "\u00a0", "\u3000", " 7) ");
const anyCase = fc.constantFrom(
  (word: string) => word,
  (word: string) => word.toUpperCase(),
  (word: string) => word.charAt(0).toUpperCase() + word.slice(1),
);

it("any secret is twelve words, and these are the secret again", () => {
  fc.assert(
    fc.property(anyEntropy, (entropy) => {
      const before = Uint8Array.from(entropy);
      const words = recoveryWords(entropy);
      expect(words).toHaveLength(12);
      expect(readRecoveryWords(words.join(" "))).toEqual(entropy);
      expect(unknownWordPositions(words.join(" "))).toEqual([]);
      expect(entropy).toEqual(before);
    }),
  );
});

it("words are read however they are spaced, numbered, punctuated and capitalised", () => {
  const anyStyle = fc.array(fc.tuple(anySeparator, anyCase), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(anyEntropy, anyStyle, anySeparator, (entropy, style, end) => {
      const words = recoveryWords(entropy);
      const typed = style.map(([separator, cased], at) => separator + cased(words[at] ?? "")).join("") + end;
      expect(readRecoveryWords(typed)).toEqual(entropy);
    }),
  );
});

it("a word in letters that only look alike is named, not mistaken for a missing one", () => {
  const words = [...recoveryWords(new Uint8Array(16))];
  words[4] = "\u0430bandon";
  expect(() => readRecoveryWords(words.join(" "))).toThrow(
    expect.objectContaining({ code: "recovery_word_unknown" }),
  );
  expect(unknownWordPositions(words.join(" "))).toEqual([4]);
});

it("a wrong word is nearly always found out, and never gives the right secret", () => {
  let unnoticed = 0;
  fc.assert(
    fc.property(anyEntropy, anyEntropy, fc.nat({ max: 11 }), (entropy, other, at) => {
      const words = [...recoveryWords(entropy)];
      const replacement = recoveryWords(other)[at];
      fc.pre(replacement !== undefined && replacement !== words[at]);
      words[at] = replacement;
      try {
        expect(readRecoveryWords(words.join(" "))).not.toEqual(entropy);
        unnoticed++;
      } catch (error) {
        expect(error).toMatchObject({ code: "recovery_checksum" });
      }
    }),
    { numRuns: 300 },
  );
  // One in 16 is expected: the checksum has 4 bits (BIP-39).
  expect(unnoticed).toBeLessThan(60);
});

it("what the server is told does not hold the key that seals", () => {
  fc.assert(
    fc.property(anyEntropy, (entropy) => {
      const { sealingKey, auth } = recoveryKeys(entropy);
      expect(sealingKey).toHaveLength(32);
      expect(auth).toMatch(/^[\w-]{43}$/);
      expect(auth).not.toBe(Buffer.from(sealingKey).toString("base64url"));
    }),
  );
});

it("secrets of another length are refused", () => {
  const refused = expect.objectContaining({ code: "wrong_length" });
  for (const length of [0, 15, 17, 32]) {
    expect(() => recoveryWords(new Uint8Array(length))).toThrow(refused);
    expect(() => recoveryKeys(new Uint8Array(length))).toThrow(refused);
  }
});

it("the places to prove are different ones, in order, and each comes up", () => {
  const rounds = Array.from({ length: 300 }, () => proofPositions());
  for (const positions of rounds) {
    expect(new Set(positions).size).toBe(3);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  }
  expect(new Set(rounds.flat())).toEqual(new Set(Array.from({ length: 12 }, (_, at) => at)));
  expect(proofPositions(12)).toHaveLength(12);
  for (const count of [0, 13, 1.5]) expect(() => proofPositions(count)).toThrow();
});

it("only the right words at the right places prove that the words were written down", () => {
  const words = recoveryWords(newRecoveryEntropy().fill(3));
  const answers = (positions: readonly number[]) => positions.map((at) => words[at] ?? "");
  const proves = (positions: readonly number[], typed: readonly string[]) =>
    provesRecoveryWords(words, positions, typed);
  expect(proves([1, 4, 9], answers([1, 4, 9]))).toBe(true);
  expect(
    proves(
      [1, 4, 9],
      answers([1, 4, 9]).map((word) => ` ${word.toUpperCase()}. `),
    ),
  ).toBe(true);
  expect(proves([1, 4, 9], ["", "", ""])).toBe(false);
  expect(proves([1, 4, 9], answers([1, 4]))).toBe(false);
  expect(proves([1], [`${words[1]} ${words[2]}`])).toBe(false);
  expect(proves([1], ["tacitly"])).toBe(false);
  expect(proves([12], [""])).toBe(false);
  expect(proves([], [])).toBe(false);
});
