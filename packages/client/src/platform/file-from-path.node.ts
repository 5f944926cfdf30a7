import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { TacitError } from "../errors.ts";
import type { FileFromPath } from "./file-from-path.ts";

/** Octets read at a time. */
const READ_BYTES = 512 * 1024;

/** A file on the disk, to be sent. It is read when it is sent. @throws TacitError `file_changed` if there is none to read */
export const fileFromPath: FileFromPath = async (path) => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new TacitError("file_changed", "There is no such file.");
  return {
    size: found.size,
    name: basename(path),
    stream: () => createReadStream(path, { highWaterMark: READ_BYTES }),
    again: true,
  };
};
