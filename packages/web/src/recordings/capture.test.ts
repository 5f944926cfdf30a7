import { expect, it } from "vitest";
import { problemOf } from "./capture.ts";

it.each([
  ["NotAllowedError", "refused"],
  ["NotFoundError", "no_device"],
  ["OverconstrainedError", "no_device"],
  ["NotReadableError", "in_use"],
  ["AbortError", "in_use"],
  ["SecurityError", "insecure"],
  ["NotSupportedError", "unsupported"],
  ["DataError", "failed"],
])("knows what a browser means with %s", (name, problem) => {
  expect(problemOf(new DOMException("no", name))).toBe(problem);
});

it("takes anything else for a failure", () => {
  expect(problemOf(new TypeError("no"))).toBe("failed");
});
