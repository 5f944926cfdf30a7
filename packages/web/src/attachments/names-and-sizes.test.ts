import { expect, it } from "vitest";
import { honestName, nameParts } from "./file-name.ts";
import { albumOf, shownSize } from "./sizes.ts";
import { FITTED, panned, zoomed } from "./zoom.ts";

it("a name cannot hide its ending by turning the direction of writing", () => {
  expect(honestName("invoice\u202egpj.exe")).toBe("invoicegpj.exe");
  expect(honestName("\u202e")).toBe("file");
});

it("of a long name the end stays to be seen, whole letters of it", () => {
  const { start, end } = nameParts(`${"long ".repeat(10)}letter from home.pdf`);
  expect(end).toBe("m home.pdf");
  expect(start.startsWith("long long")).toBe(true);
  expect(nameParts("short.pdf")).toEqual({ start: "short.pdf", end: "" });
});

it("a picture keeps its shape, and its place is neither too large nor too small to be touched", () => {
  expect(shownSize({ width: 1600, height: 1200 })).toEqual({ width: 320, aspectRatio: "320 / 240" });
  expect(shownSize({ width: 1000, height: 2000 })).toEqual({ width: 200, aspectRatio: "200 / 400" });
  expect(shownSize({ width: 3000, height: 10 })).toEqual({ width: 320, aspectRatio: "320 / 80" });
  expect(shownSize({})).toEqual({ width: 320, aspectRatio: "320 / 240" });
});

it("an album has no holes", () => {
  for (let count = 2; count <= 32; count++) {
    const { columns, firstSpans } = albumOf(count);
    expect((count - 1 + firstSpans) % columns).toBe(0);
  }
});

it("what lies under the pointer stays there when the picture grows", () => {
  const view = zoomed(FITTED, 2, { x: 100, y: 40 });
  expect(view).toEqual({ scale: 2, x: -100, y: -40 });
  expect(zoomed(view, 0.1, { x: 7, y: 7 })).toEqual(FITTED);
  expect(zoomed(FITTED, 1000).scale).toBe(8);
});

it("a picture cannot be moved out of sight", () => {
  const size = { width: 400, height: 300 };
  expect(panned({ scale: 2, x: 0, y: 0 }, { x: 900, y: -900 }, size)).toEqual({ scale: 2, x: 200, y: -150 });
});
