import type { Attachment } from "@tacit/client";
import { honestName } from "./file-name.ts";

/** From this size on a file is written to the disk as it comes, where the browser can. */
const LARGE = 16 * 1024 * 1024;

interface SavePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Gives a file that is in memory to the person, as a download of the browser. */
export function saveBlob(name: string, url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = honestName(name);
  link.click();
}

/** Whether {@link saveAsItComes} is the way for a file. */
export function isStreamed({ size }: Attachment): boolean {
  return size >= LARGE && hasPicker(globalThis);
}

/**
 * Asks where to write a file, and writes it piece by piece. What is there if it breaks off is thrown away.
 * @throws as `Attachment.stream`; AbortError if the person wants no file after all
 */
export async function saveAsItComes(
  attachment: Attachment,
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<void> {
  const page: object = globalThis;
  if (!hasPicker(page)) return;
  const handle = await page.showSaveFilePicker({ suggestedName: honestName(attachment.name) });
  const file = await handle.createWritable();
  try {
    for await (const octets of attachment.stream(options)) await file.write(octets);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

function hasPicker(scope: object): scope is SavePicker {
  return "showSaveFilePicker" in scope;
}
