import type { Message } from "@tacit/client";
import { describe, expect, it } from "vitest";
import { en } from "../language/en/index.ts";
import { ru } from "../language/ru/index.ts";
import { previewOf } from "./preview.ts";

const names = (id: number) => ({ name: id === 1 ? "Me" : "Anna", isMe: id === 1 });
const saying = (parts: object) =>
  ({
    isMine: false,
    sender: { id: 2 },
    text: "",
    kind: "text",
    attachments: [],
    ...parts,
  }) as unknown as Message;
const file = (mimetype: string, name = "plan.pdf") => ({ mimetype, name, duration: undefined });
const inGroup = (parts: object, texts = en) => previewOf(saying(parts), { names, texts, isMany: true });

describe("a message in one line", () => {
  it("says whose it is: mine, or in a group a name; in a private chat nobody asks", () => {
    expect(inGroup({ isMine: true, text: "hi" }).sender).toBe("You");
    expect(inGroup({ text: "hi" }).sender).toBe("Anna");
    expect(previewOf(saying({ text: "hi" }), { names, texts: en, isMany: false }).sender).toBeUndefined();
  });

  it("is one line, however it was written", () => {
    expect(inGroup({ text: "one\n\n  two\tthree " }).text).toBe("one two three");
    expect(inGroup({ text: "x".repeat(100_000) }).text.length).toBeLessThan(300);
  });

  it("says what came with it", () => {
    expect(inGroup({ attachments: [file("image/png")], text: "the pier" })).toMatchObject({
      kind: "photo",
      text: "Photo · the pier",
    });
    expect(inGroup({ attachments: [file("image/png"), file("image/webp")] }).text).toBe("2 photos");
    expect(inGroup({ attachments: [file("image/png"), file("video/mp4")] }).text).toBe("2 files");
    expect(inGroup({ attachments: [file("application/pdf")] }).text).toBe("plan.pdf");
    expect(inGroup({ attachments: Array(5).fill(file("text/plain")) }, ru).text).toBe("5 файлов");
  });

  it("says how long a recording is", () => {
    const voice = { kind: "voice_message", attachments: [{ ...file("audio/webm"), duration: 65_000 }] };
    expect(inGroup(voice)).toMatchObject({ kind: "voice", text: "Voice message 1:05" });
    expect(inGroup({ ...voice, kind: "video_message" }, ru).text).toBe("Видеосообщение 1:05");
  });

  it("says it when it cannot be read, and never shows what is in it", () => {
    const unreadable = inGroup({ unreadable: "forged", text: "" });
    expect(unreadable).toMatchObject({ kind: "unreadable", text: "This message cannot be read here" });
  });
});
