import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Colour = readonly [red: number, green: number, blue: number];

const css = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const BUBBLE = css("./bubble.module.css");
const TOKENS = css("../design/tokens.css");
/** How much of the text's colour is mixed into what lies behind a quote. */
const QUOTE = 0.07;

const names = [...BUBBLE.matchAll(/uoteName \{\s*color: light-dark\(hsl\(([^)]+)\), hsl\(([^)]+)\)\)/g)].map(
  ([, light = "", dark = ""]) => ({ light: fromHsl(light), dark: fromHsl(dark) }),
);

test.each(
  names.flatMap((name, tint) =>
    (["light", "dark"] as const).flatMap((theme) =>
      (["mine", "theirs"] as const).map((side) => ({ tint, theme, side, name: name[theme] })),
    ),
  ),
)("whoever is quoted can be read: tint $tint on $side in the $theme", ({ theme, side, name }) => {
  const [behind, text] = [token(side, theme), token(`on-${side}`, theme)];
  const quote = behind.map((part, at) => part + ((text[at] ?? 0) - part) * QUOTE);
  // WCAG 2.2, 1.4.3
  expect(contrast(name, quote)).toBeGreaterThan(4.5);
});

test("there are as many tints as people are told apart by", () => {
  expect(names).toHaveLength(8);
});

function token(name: string, theme: "light" | "dark"): Colour {
  const [, light = "", dark = ""] =
    new RegExp(`--${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(TOKENS) ?? [];
  const number = Number.parseInt(theme === "light" ? light : dark, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** CSS Color 4, section 7.1. */
function fromHsl(text: string): Colour {
  const [hue = 0, saturation = 0, lightness = 0] = text.split(" ").map(Number.parseFloat);
  const [s, l] = [saturation / 100, lightness / 100];
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    return 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [part(0), part(8), part(4)];
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
