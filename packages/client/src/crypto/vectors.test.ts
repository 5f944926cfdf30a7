import { expect, it } from "vitest";
import { cipherChecks } from "./fixtures/cipher-checks.ts";
import { primitiveChecks } from "./fixtures/primitive-checks.ts";
import { readVectors } from "./fixtures/read-vectors.ts";

it.each([...primitiveChecks, ...cipherChecks(readVectors())])("$name", async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
