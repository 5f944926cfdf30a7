import { expect, it } from "vitest";
import { pastedAnswers } from "./word-answers.ts";

const TWELVE = "one two three four five six seven eight nine ten eleven twelve";

it("takes the words that are asked for out of all twelve, numbered or not", () => {
  expect(pastedAnswers(TWELVE, [11, 0, 4])).toEqual(["twelve", "one", "five"]);
  const list = TWELVE.split(" ").map((word, at) => `${at + 1}. ${word}`);
  expect(pastedAnswers(list.join("\n"), [11, 0, 4])).toEqual(["twelve", "one", "five"]);
});

it("takes as many words as are asked for in their order", () => {
  expect(pastedAnswers(" Twelve, one\nfive ", [11, 0, 4])).toEqual(["twelve", "one", "five"]);
});

it("leaves one word to the field that it was pasted into", () => {
  expect(pastedAnswers("twelve", [11, 0, 4])).toBeUndefined();
  expect(pastedAnswers("twelve", [11])).toBeUndefined();
});
