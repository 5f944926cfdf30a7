import { type FileMetadata, LIMITS } from "@tacit/protocol";
import { isJsonObject, type JsonObject } from "../crypto/json-shape.ts";
import type { AttachmentRecord } from "../store/tables.ts";

/** Characters of base64: 24 KiB. */
const MOST_THUMBNAIL = 32 * 1024;
/** First octets of JPEG, PNG and WebP, in base64. Anything else, such as SVG, could do more than be looked at. */
const PICTURES = ["/9j/", "iVBORw0KGgo", "UklGR"];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MIMETYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const UNKNOWN_TYPE = "application/octet-stream";

const MOST_NAME = 255;
const MOST_PIXELS = 65_535;
/** A week, in milliseconds. */
const MOST_DURATION = 7 * 24 * 60 * 60_000;
const MOST_WAVEFORM = 512;

/**
 * The files of a message. Their number and how they are encrypted is what `metadata` says, which is signed and which the
 * server checks; what they are called and look like may stand in the document, where the server does not see it.
 */
export function readAttachments(
  metadata: readonly FileMetadata[] | null,
  files: unknown,
): AttachmentRecord[] {
  const described: readonly unknown[] = Array.isArray(files) ? files : [];
  return (metadata ?? []).slice(0, LIMITS.metadataEntries).map((entry, at) => readOne(entry, described[at]));
}

function readOne(entry: FileMetadata, described: unknown): AttachmentRecord {
  const file = isJsonObject(described) ? described : {};
  return {
    fileId: entry.file_id ?? null,
    name: safeName(typeof file.name === "string" ? file.name : entry.filename),
    mimetype: safeType(typeof file.mimetype === "string" ? file.mimetype : entry.mimetype),
    size: entry.size,
    metadata: knownFields(entry),
    ...appearanceOf(file),
  };
}

/** Without fields that nobody knows: whoever stores them would have to bear with whatever they hold. */
function knownFields(entry: FileMetadata): FileMetadata {
  const { file_id, filename, mimetype, size, file_creation_date } = entry;
  return {
    ...(typeof file_id === "number" && { file_id }),
    filename,
    mimetype,
    size,
    ...(typeof file_creation_date === "string" && { file_creation_date }),
    ...shapeOf(entry),
  };
}

/** How a file is encrypted, and its ciphertext if that is in the message. `null` is as good as absent. */
function shapeOf({ enc_file, nonce, nonces, chunk_size, chunk_count }: FileMetadata): Partial<FileMetadata> {
  return {
    ...(typeof enc_file === "string" && { enc_file }),
    ...(typeof nonce === "string" && { nonce }),
    ...(Array.isArray(nonces) && { nonces }),
    ...(typeof chunk_size === "number" && { chunk_size }),
    ...(typeof chunk_count === "number" && { chunk_count }),
  };
}

/** Neither a path, nor control characters, nor marks that turn the direction of text: they would hide an extension. */
export function safeName(name: string): string {
  const clean = name
    .toWellFormed()
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/[/\\]/g, "_")
    .trim();
  const shown = [...clean].slice(-MOST_NAME).join("");
  return /^\.*$/.test(shown) ? "file" : shown;
}

function safeType(mimetype: string): string {
  const type = mimetype.trim().toLowerCase();
  return type.length <= LIMITS.mimetypeCharacters && MIMETYPE.test(type) ? type : UNKNOWN_TYPE;
}

type Appearance = Pick<AttachmentRecord, "thumbnail" | "width" | "height" | "duration" | "waveform">;

function appearanceOf(file: JsonObject): Appearance {
  const { thumbnail, width, height, duration, waveform } = file;
  return {
    ...(isThumbnail(thumbnail) && { thumbnail }),
    ...(isWithin(width, 1, MOST_PIXELS) && { width }),
    ...(isWithin(height, 1, MOST_PIXELS) && { height }),
    ...(isWithin(duration, 0, MOST_DURATION) && { duration }),
    ...(isWaveform(waveform) && { waveform }),
  };
}

function isThumbnail(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MOST_THUMBNAIL) return false;
  return PICTURES.some((start) => value.startsWith(start)) && BASE64.test(value);
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

function isWaveform(value: unknown): value is number[] {
  if (!Array.isArray(value) || value.length > MOST_WAVEFORM) return false;
  return value.every((loudness) => isWithin(loudness, 0, 255));
}

/** What the document says of a file. */
export function describeAttachment(file: AttachmentRecord, withThumbnail: boolean): JsonObject {
  const { name, mimetype, ...rest } = file;
  const { thumbnail, ...appearance } = appearanceOf({ ...rest });
  return { name: safeName(name), mimetype, ...appearance, ...(withThumbnail && thumbnail && { thumbnail }) };
}

/** How the entries in `metadata` are written. */
export type MetadataStyle =
  /** Name and type are in the document: here the server learns neither. */
  | "hidden"
  /** For old clients, which read them here. */
  | "named"
  /** As `named`, and the file itself is not encrypted. */
  | "plain";

/** A message's `metadata`. */
export function writeMetadata(
  attachments: readonly AttachmentRecord[],
  style: MetadataStyle,
): FileMetadata[] | undefined {
  return attachments.length === 0 ? undefined : attachments.map((file) => writeOne(file, style));
}

function writeOne(file: AttachmentRecord, style: MetadataStyle): FileMetadata {
  const { fileId, name, mimetype, size, metadata } = file;
  return {
    ...(fileId !== null && { file_id: fileId }),
    filename: style === "hidden" ? "file" : safeName(name),
    mimetype: style === "hidden" ? UNKNOWN_TYPE : mimetype,
    size,
    ...(style !== "plain" && shapeOf(metadata)),
  };
}

/** Whether a file is encrypted, so that without its message's key nobody can read it. */
export function isEncrypted({ metadata: { nonce, nonces } }: AttachmentRecord): boolean {
  return typeof nonce === "string" || Array.isArray(nonces);
}
