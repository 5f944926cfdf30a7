import type { FileSource } from "../crypto/file-pieces.ts";
import { mimetypeOf } from "./mimetypes.ts";

/** Octets of a file that is read as it is sent: what a `Blob` or `File` is too. */
export interface FileStream {
  /** Octets. If the stream gives fewer or more, the file is refused. */
  readonly size: number;
  /** Folders in it are left out. Default: `file`. */
  readonly name?: string;
  /** Mimetype. */
  readonly type?: string;
  /** Gives all octets, from the first on. It is called once, unless `again` allows more. */
  stream(): FileSource;
  /** Whether `stream` can be called more than once: then a picture can be looked at before it is sent. */
  readonly again?: true;
}

/** Where the octets of a file to be sent are. */
export type FileContent = Blob | Uint8Array | FileStream;

/** A file to be sent, with what its receivers are told about it. */
export interface DescribedFile {
  /** The file itself. */
  readonly content: FileContent;
  /** Default: that of the content, else `file`. */
  readonly name?: string;
  /** Mimetype. Default: that of the content, else by the extension of the name. */
  readonly type?: string;
  /** A small picture of it: base64 of JPEG, PNG or WebP; `null`: none. Default: made, if that can be done here. */
  readonly thumbnail?: string | null;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** Milliseconds. */
  readonly duration?: number;
  /** Loudness over time, 64 to 100 numbers from 0 to 255: see `waveformOf`. */
  readonly waveform?: readonly number[];
}

/**
 * A file to be sent: a `File` or `Blob`, octets in memory, a stream of a known size, or one of them with what is to be said
 * about it. In Node.js, `fileFromPath` makes one of a file on the disk.
 */
export type OutgoingFile = FileContent | DescribedFile;

/** An {@link OutgoingFile} with everything that is known before it is read. */
export interface FileToSend {
  readonly name: string;
  readonly mimetype: string;
  /** Octets. */
  readonly size: number;
  readonly stream: () => FileSource;
  /** The whole file, to be looked at before it is sent; `undefined` if it can be read once only. */
  readonly preview: (() => Promise<Blob>) | undefined;
  /** What the caller says about it. */
  readonly details: Pick<DescribedFile, "thumbnail" | "width" | "height" | "duration" | "waveform">;
}

/** What is known of a file before it is read. */
export function fileToSend(file: OutgoingFile): FileToSend {
  const described: DescribedFile = "content" in file ? file : { content: file };
  const { content, name, type, ...details } = described;
  const facts = content instanceof Uint8Array ? {} : factsOf(content);
  const shownName = fileName(name ?? facts.name);
  return {
    name: shownName,
    mimetype: mimetypeOf(type ?? facts.type, shownName),
    size: content instanceof Uint8Array ? content.length : content.size,
    stream: () => (content instanceof Uint8Array ? [content] : content.stream()),
    preview: previewOf(content),
    details,
  };
}

function factsOf(content: Blob | FileStream): { name?: string | undefined; type?: string | undefined } {
  const name = "name" in content && typeof content.name === "string" ? content.name : undefined;
  return { name, type: content.type };
}

function previewOf(content: FileContent): FileToSend["preview"] {
  if (content instanceof Blob) return async () => content;
  if (content instanceof Uint8Array) return async () => new Blob([new Uint8Array(content)]);
  return content.again && (async () => new Blob(await copied(content.stream())));
}

async function copied(source: FileSource): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const octets of source) parts.push(new Uint8Array(octets));
  return parts;
}

const MOST_CHARACTERS = 255;

/** Without folders, which are nobody's business, and without what no text may hold. */
function fileName(name = ""): string {
  const [last = ""] = name.split(/[\\/]/).slice(-1);
  const shown = last
    .toWellFormed()
    .replace(/\p{Cc}/gu, "")
    .trim();
  return [...shown].slice(-MOST_CHARACTERS).join("") || "file";
}
