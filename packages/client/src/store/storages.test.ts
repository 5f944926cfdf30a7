import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { directory } from "./directory.ts";
import { freshPath } from "./fixtures/place.ts";
import { type Candidate, storageChecks } from "./fixtures/storage-checks.ts";
import { indexedDb } from "./indexed-db.ts";
import { memory } from "./memory.ts";

const CANDIDATES: Readonly<Record<string, Candidate>> = {
  memory: { fresh: async () => memory(), sealed: false },
  directory: { fresh: async () => directory(await freshPath()), sealed: true },
  "directory with a passphrase": {
    fresh: async () => directory(await freshPath(), { passphrase: "correct horse" }),
    sealed: true,
  },
  indexedDb: { fresh: async () => indexedDb({ name: crypto.randomUUID() }), sealed: true },
};

describe.each(Object.entries(CANDIDATES))("%s", (_, candidate) => {
  it.each(storageChecks(candidate))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
