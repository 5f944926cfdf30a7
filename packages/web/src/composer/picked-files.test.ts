import { expect, it } from "vitest";
import { MOST_FILES, moved, pick } from "./picked-files.ts";

const file = (name: string, octets = 1) => new File([new Uint8Array(octets)], name);
const names = (files: readonly { readonly file: File }[]) => files.map(({ file }) => file.name);

it("what cannot be sent says why, and the rest goes on", () => {
  const large = Object.defineProperty(file("film.mp4"), "size", { value: 50 * 1024 * 1024 + 1 });
  const { files, refused } = pick([], { files: [file("a"), large, file("b", 0), file("c")], folders: ["d"] });
  expect(names(files)).toEqual(["a", "c"]);
  expect(refused).toEqual([
    { name: "d", why: "folder" },
    { name: "film.mp4", why: "tooLarge" },
    { name: "b", why: "empty" },
  ]);
});

it("a message takes no more files than it can have", () => {
  const many = Array.from({ length: MOST_FILES }, (_, at) => file(`${at}`));
  const { files } = pick([], { files: many.slice(1), folders: [] });
  const more = pick(files, { files: [file("last"), file("one too many")], folders: [] });
  expect(more.files).toHaveLength(MOST_FILES);
  expect(more.refused).toEqual([{ name: "one too many", why: "tooMany" }]);
});

it("files can be put in another order", () => {
  const { files } = pick([], { files: [file("a"), file("b"), file("c")], folders: [] });
  const last = files[2];
  expect(names(moved(files, last?.id ?? 0))).toEqual(["a", "c", "b"]);
  expect(moved(files, files[0]?.id ?? 0)).toBe(files);
});
