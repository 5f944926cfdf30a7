import { expect, it } from "vitest";
import { formatFor } from "./formats.ts";

it("records what most can play, where the browser writes it", () => {
  expect(formatFor("voice", () => true)).toEqual({
    recorded: "audio/webm;codecs=opus",
    type: "audio/webm",
    extension: "webm",
  });
  expect(formatFor("video", () => true)?.type).toBe("video/webm");
});

it("records MP4 where the browser writes nothing else", () => {
  const isMp4 = (type: string) => type.includes("/mp4");
  expect(formatFor("voice", isMp4)).toMatchObject({ type: "audio/mp4", extension: "m4a" });
  expect(formatFor("video", isMp4)).toMatchObject({ type: "video/mp4", extension: "mp4" });
});

it("knows when the browser writes nothing that it knows", () => {
  expect(formatFor("voice", () => false)).toBeUndefined();
});
