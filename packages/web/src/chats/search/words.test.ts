import { describe, expect, it } from "vitest";
import { excerptOf, matches } from "./words.ts";

const marked = (text: string, query: string) =>
  excerptOf(text, query)
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join("");

describe("a query", () => {
  it("finds titles by the beginnings of their words, whatever the case and the accents", () => {
    expect(matches("noR sho", "Walkers of the northern Shore")).toBe(true);
    expect(matches("elodie", "Élodie")).toBe(true);
    expect(matches("елка", "Ёлка на площади")).toBe(true);
    expect(matches("ore", "Shore")).toBe(false);
  });

  it("finds an emoji, which is no word", () => {
    expect(matches("🌊", "Sea 🌊")).toBe(true);
    expect(matches("🌋", "Sea 🌊")).toBe(false);
  });
});

describe("the excerpt of a message", () => {
  it("marks every word that was found, as it is written", () => {
    expect(marked("The Lantern, the lanterns and a lamp", "lantern")).toBe(
      "The [Lantern], the [lantern]s and a lamp",
    );
    expect(marked("Ёлка горит", "елк")).toBe("[Ёлк]а горит");
  });

  it("begins shortly before the first of them, at a word", () => {
    const text = `${"one two three ".repeat(20)}harbour at noon`;
    expect(marked(text, "harbour")).toMatch(/^….{0,24}\[harbour\] at noon$/);
  });

  it("marks letters whose accents are characters of their own as a whole", () => {
    expect(marked("cafe\u0301s here", "cafe")).toBe("[cafe\u0301]s here");
  });

  it("is cut at both ends and not without end", () => {
    const text = excerptOf(`${"x ".repeat(500)}word ${"y ".repeat(500)}`, "word");
    expect(text.map((piece) => piece.text).join("").length).toBeLessThan(200);
    expect(text.some(({ isFound }) => isFound)).toBe(true);
  });
});
