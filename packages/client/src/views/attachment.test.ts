import { expect, it } from "vitest";
import { Attachment } from "./attachment.ts";

function blobOf(mimetype: string): Promise<Blob> {
  const record = { fileId: 1, name: "a", mimetype, size: 1, metadata: { filename: "a", mimetype, size: 1 } };
  const attachment = new Attachment(record, undefined, async function* () {
    yield new Uint8Array([1]);
  });
  return attachment.blob();
}

it.each(["image/png", "audio/ogg", "video/mp4", "text/plain"])(
  "a file of type %s can be shown by a page",
  async (type) => {
    expect((await blobOf(type)).type).toBe(type);
  },
);

it.each(["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/pdf", ""])(
  "no sender can make a page run a file of type %s as its own",
  async (type) => {
    expect((await blobOf(type)).type).toBe("application/octet-stream");
  },
);
