import { expect, it } from "vitest";
import { revealedTexts } from "./revealed.ts";

const textsOf = (revealed: unknown) => revealedTexts(revealed).map(({ text }) => text);

it("messages of a report are told one by one", () => {
  expect(textsOf([{ id: 1, text: "first" }, "second"])).toEqual(["first", "second"]);
  expect(textsOf({ messages: [{ text: "inside" }] })).toEqual(["inside"]);
});

it("what another app made up is shown as it is", () => {
  expect(textsOf(null)).toEqual([]);
  expect(textsOf(42)).toEqual(["42"]);
  expect(textsOf([null])).toEqual(["null"]);
  expect(textsOf({ odd: true })).toEqual(['{\n  "odd": true\n}']);
});
