import type { Message } from "@tacit/client";
import { expect, it } from "vitest";
import type { Target } from "../conversation/target.tsx";
import { draftOf, resumed, turnedTo, withBack, withoutTarget } from "./writing.ts";

/** Of a message, only what the field looks at. */
const target = (kind: Target["kind"], id: number, text = ""): Target => ({
  kind,
  message: { id, text } as Message,
});

it("a field can be made again of what was kept of it", () => {
  const edit = { ...turnedTo({ text: "begun" }, target("edit", 4, "old")), text: "new" };
  for (const writing of [
    { text: "a" },
    { text: "an answer", about: { kind: "reply" as const, id: 3 } },
    { text: "new", about: { kind: "edit" as const, id: 4 }, aside: { text: "begun" } },
  ])
    expect(resumed(draftOf(writing) ?? undefined)).toEqual(writing);
  expect(draftOf(edit)).toEqual({ text: "new", editsId: 4, aside: { text: "begun" } });
});

it("nothing is kept of nothing, and of an edit that has changed nothing only what was there before", () => {
  expect(draftOf({ text: "" })).toBeNull();
  expect(draftOf({ text: "", about: { kind: "reply", id: 3 } })).toBeNull();
  const edit = turnedTo({ text: "begun", about: { kind: "reply", id: 3 } }, target("edit", 4, "old"));
  expect(draftOf(edit)).toEqual({ text: "begun", replyToId: 3 });
});

it("what was there before an edit comes back after it, with what it answered", () => {
  const before = { text: "begun", about: { kind: "reply" as const, id: 3 } };
  const edit = turnedTo(before, target("edit", 4, "old"));
  expect(edit.text).toBe("old");
  expect(turnedTo(edit, undefined)).toEqual(before);
  const other = turnedTo(edit, target("edit", 5, "older"));
  expect(other.text).toBe("older");
  expect(turnedTo(other, undefined)).toEqual(before);
  expect(turnedTo(edit, target("reply", 6))).toEqual({ text: "begun", about: { kind: "reply", id: 6 } });
});

it("what is just being sent is kept until it is", () => {
  const sending = [{ text: "first", about: { kind: "reply" as const, id: 3 } }, { text: "second" }];
  expect(draftOf({ text: "third" }, sending)).toEqual({ text: "first\nsecond\nthird", replyToId: 3 });
});

it("a text that could not be sent comes back before what was typed since, also beside an edit", () => {
  expect(withBack({ text: "since" }, { text: "failed" }).text).toBe("failed\nsince");
  const edit = turnedTo({ text: "since" }, target("edit", 4, "old"));
  expect(turnedTo(withBack(edit, { text: "failed" }), undefined).text).toBe("failed\nsince");
});

it("when the message that was edited is gone, what was typed is not", () => {
  const edit = { ...turnedTo({ text: "begun" }, target("edit", 4, "old")), text: "new" };
  expect(withoutTarget(edit)).toEqual({ text: "begun\nnew" });
});
