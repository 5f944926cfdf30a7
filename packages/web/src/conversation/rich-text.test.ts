import { describe, expect, it } from "vitest";
import { isEmojiAlone, spansOf } from "./rich-text.ts";

describe("links in a text", () => {
  it.each([
    ["see https://example.org/a?b=c.", "https://example.org/a?b=c"],
    ["mail ann@example.org", "mailto:ann@example.org"],
    ["example.org is there", "http://example.org/"],
  ])("%s", (text, href) => {
    expect(spansOf(text).flatMap((span) => ("href" in span ? span.href : []))).toEqual([href]);
    expect(
      spansOf(text)
        .map((span) => span.text)
        .join(""),
    ).toBe(text);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "ftp://example.org/a",
    "vbscript:x",
  ])("%s is none", (text) => {
    expect(spansOf(text)).toEqual([{ text }]);
  });

  it("tell the real host where letters stand for others", () => {
    const [span] = spansOf("https://аpple.com/login");
    expect(span).toMatchObject({ host: "xn--pple-43d.com" });
    expect(spansOf("https://apple.com/login")[0]).toMatchObject({ host: undefined });
  });
});

describe("emoji alone", () => {
  it.each(["😀", "👨‍👩‍👧 🇫🇮", "❤️👍🏽🎉"])("%s is big", (text) => expect(isEmojiAlone(text)).toBe(true));
  it.each(["", "ok 😀", "😀😀😀😀", "1", "©ab"])("“%s” is not", (text) =>
    expect(isEmojiAlone(text)).toBe(false),
  );
});
