import { ERRORS, type ErrorCode } from "@tacit/protocol";
import { expect, it } from "vitest";
import { TacitError } from "../errors.ts";
import { refusal } from "../transport/refusal.ts";
import { failureOf, remedyOf, saysNotStored } from "./remedy.ts";

const codes = Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);

it("what the server cannot do now is tried again, what it does not allow is not", () => {
  for (const code of codes) {
    const error = refusal(code, "internal", { status: ERRORS[code].status });
    if (ERRORS[code].status >= 500 || ERRORS[code].status === 429)
      expect([code, remedyOf(error)]).toEqual([code, "wait"]);
    if (
      ["forbidden", "blocked", "may_not_write", "not_a_member", "chat_full", "invalid_input"].includes(code)
    )
      expect([code, remedyOf(error)]).toEqual([code, "nothing"]);
  }
});

it("what nobody has thought of is shown, not repeated, and says nothing of what it was about", () => {
  const strange = new RangeError("the text was: my secret");
  expect(remedyOf(strange)).toBe("nothing");
  expect(failureOf(strange)).toEqual({ code: "not_possible", message: "This cannot be sent." });
});

it("only an answer that says so means that a message is not stored", () => {
  const saysSo = (code: ConstructorParameters<typeof TacitError>[0]) =>
    saysNotStored(new TacitError(code, "Why."));
  expect(saysSo("blocked")).toBe(true);
  for (const code of [
    "unreachable",
    "timeout",
    "closed",
    "internal",
    "busy",
    "bad_answer",
    "not_a_member",
  ] as const)
    expect([code, saysSo(code)]).toEqual([code, false]);
});
