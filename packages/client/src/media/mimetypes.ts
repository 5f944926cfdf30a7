/** What a file is that nobody knows more about (RFC 2046, section 4.5.1). */
export const UNKNOWN_TYPE = "application/octet-stream";

/** What people send most; the rest is for the caller to say. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  aac: "audio/aac",
  avif: "image/avif",
  csv: "text/csv",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  flac: "audio/flac",
  gif: "image/gif",
  gz: "application/gzip",
  heic: "image/heic",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  m4a: "audio/mp4",
  md: "text/markdown",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  odt: "application/vnd.oasis.opendocument.text",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  pdf: "application/pdf",
  png: "image/png",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  txt: "text/plain",
  wav: "audio/wav",
  weba: "audio/webm",
  webm: "video/webm",
  webp: "image/webp",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/** Type and subtype (RFC 6838, section 4.2), perhaps with parameters. */
const MIMETYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(\s*;[\x20-\x7e]*)?$/;
const MOST_CHARACTERS = 255;

/** A file's mimetype: the announced one if it is any, else what the name's extension says. */
export function mimetypeOf(announced: string | undefined, name: string): string {
  const type = announced?.trim() ?? "";
  if (type.length <= MOST_CHARACTERS && MIMETYPE.test(type)) return type;
  const [, extension = ""] = /\.(\w+)$/.exec(name) ?? [];
  const known = extension.toLowerCase();
  return Object.hasOwn(BY_EXTENSION, known) ? (BY_EXTENSION[known] ?? UNKNOWN_TYPE) : UNKNOWN_TYPE;
}
