import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "./json.ts";
import { LIMITS } from "./limits.ts";

function refusal(text: string) {
  const result = parseJson(text);
  if (result.valid) throw new Error("was accepted");
  return result;
}

describe("parseJson", () => {
  test.each(["", "{", "{'a':1}", "[1,]", "nul", '"\u0000"', "\ufeff{}"])(
    "what is no JSON is refused: %j",
    (text) => {
      expect(refusal(text)).toEqual({
        valid: false,
        code: "invalid_json",
        violations: [{ path: "/", message: "must be valid JSON" }],
      });
    },
  );

  test("U+0000 is refused at any depth and the place is named", () => {
    const { code, violations } = refusal('{"a": [{"b/c": "x\\u0000"}]}');
    expect(code).toBe("invalid_input");
    expect(violations.map(({ path }) => path)).toEqual(["/a/0/b~1c"]);
  });

  test.each(['"\\ud800"', '"\\udc00\\ud800"', '"\ud800"', '{"\\udfff": 1}', '[["\\ud83e"]]'])(
    "an unpaired surrogate is refused: %j",
    (text) => {
      expect(refusal(text).code).toBe("invalid_input");
    },
  );

  test.each(['"\\ud83e\\udd8a"', '"\\\\u0000"', '"\\u0001"', '{"\\u00e9": "🦊"}'])(
    "an escape of an ordinary character is fine: %j",
    (text) => {
      expect(parseJson(text)).toEqual({ valid: true, value: JSON.parse(text) });
    },
  );

  test("a mebibyte of brackets is refused without exhausting the stack", () => {
    expect(refusal("[".repeat(LIMITS.frameBytes)).code).toBe("invalid_json");
    const half = LIMITS.frameBytes / 2;
    expect(refusal("[".repeat(half) + "]".repeat(half)).code).toBe("invalid_input");
    expect(refusal(`${'{"a":'.repeat(half / 5)}"\\u0000"${"}".repeat(half / 5)}`).code).toBe("invalid_input");
  });

  test("nesting is fine up to its limit", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(parseJson(nested(LIMITS.jsonDepth)).valid).toBe(true);
    expect(parseJson(nested(LIMITS.jsonDepth + 1)).valid).toBe(false);
  });

  test("what was written by JSON.stringify comes back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        const forbidden = /\\u0000|\\ud[89a-f]/.test(text);
        if (!forbidden) expect(parseJson(text)).toEqual({ valid: true, value: JSON.parse(text) });
      }),
    );
  });

  test("no string with U+0000 or an unpaired surrogate gets through, wherever it is", () => {
    const bad = fc.constantFrom("\0", "\ud800", "\udfff", "a\ud83e");
    const wrap = fc.array(fc.constantFrom<"list" | "value" | "key">("list", "value", "key"), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(bad, wrap, (text, layers) => {
        let value: unknown = text;
        for (const layer of layers) {
          value = layer === "list" ? [1, value] : layer === "value" ? { a: value } : { [text]: value };
        }
        expect(parseJson(JSON.stringify(value)).valid).toBe(false);
      }),
    );
  });

  test("any text is answered, none throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => void parseJson(text)));
  });
});
