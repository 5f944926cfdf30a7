import type { FileStream } from "../media/outgoing-file.ts";

/**
 * A file on the disk, to be sent; Node.js only. It is read when it is sent.
 * @throws TacitError `file_changed` if there is no such file, or it cannot be read; `not_possible` in a browser
 */
export type FileFromPath = (path: string) => Promise<FileStream>;
