import { expect, it, vi } from "vitest";
import { type Fetch, LoadedFiles } from "./loaded-files.ts";

const blob = (octets: number) => new Blob([new Uint8Array(octets)]);
const never: Fetch = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

it("a file is fetched once, however many show it", async () => {
  const files = new LoadedFiles(10);
  const fetch = vi.fn(async () => blob(1));
  await Promise.all([files.load("a", fetch), files.load("a", fetch)]);
  await files.load("a", fetch);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(files.state("a").name).toBe("loaded");
});

it("tells how far it is, and why it failed, and can be tried again", async () => {
  const files = new LoadedFiles(10);
  const seen: unknown[] = [];
  files.subscribe(() => seen.push(files.state("a")));
  const error = new Error("gone");
  await files.load("a", async ({ onProgress }) => {
    onProgress(5);
    throw error;
  });
  expect(seen).toEqual([
    { name: "loading", done: 0 },
    { name: "loading", done: 5 },
    { name: "failed", error },
  ]);
  await files.load("a", async () => blob(1));
  expect(files.state("a").name).toBe("loaded");
});

it("what is cancelled is as if nobody had asked, and an answer that comes too late changes nothing", async () => {
  const files = new LoadedFiles(10);
  const loading = files.load("a", never);
  files.cancel("a");
  await loading;
  expect(files.state("a").name).toBe("absent");
});

it("lets go of what nobody shows any more, the longest unused first, and never of what is shown", async () => {
  const revoke = vi.spyOn(URL, "revokeObjectURL");
  const files = new LoadedFiles(10);
  const end = files.hold("shown");
  for (const key of ["shown", "old", "new"]) await files.load(key, async () => blob(6));
  expect([files.state("shown").name, files.state("old").name, files.state("new").name]).toEqual([
    "loaded",
    "absent",
    "loaded",
  ]);
  expect(revoke).toHaveBeenCalledTimes(1);
  end();
  expect(files.state("shown").name).toBe("absent");
  expect(files.state("new").name).toBe("loaded");
  revoke.mockRestore();
});

it("nothing of it stays when it is cleared", async () => {
  const files = new LoadedFiles(10);
  await files.load("a", async () => blob(1));
  const loading = files.load("b", never);
  files.clear();
  await loading;
  expect([files.state("a").name, files.state("b").name]).toEqual(["absent", "absent"]);
});
