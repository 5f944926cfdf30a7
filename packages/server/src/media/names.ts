import { LIMITS } from "@tacit/protocol";
import contentDisposition from "content-disposition";

/** Control characters, line ends, and the marks that turn the direction of writing round: `gpj.exe` would read `exe.jpg`. */
const DECEPTIVE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

const UNKNOWN_TYPE = "application/octet-stream";

/** What most file systems take, in octets of UTF-8. */
const HEADER_NAME_BYTES = 255;

/** What a file is called: what its uploader says, else what the form's part says, cut to its limit, else `file`. */
export function chooseFilename(said: string | undefined, ofPart: string | undefined): string {
  const name = clean(said) || [...clean(ofPart)].slice(0, LIMITS.filenameCharacters).join("");
  return name || "file";
}

/** What a file is said to be: nobody checks it, as it is encrypted. */
export function chooseMimetype(said: string | undefined, ofPart: string | undefined): string {
  const fromPart = clean(ofPart);
  return clean(said) || (fromPart.length <= LIMITS.mimetypeCharacters && fromPart) || UNKNOWN_TYPE;
}

/**
 * `Content-Disposition` (RFC 6266) of a download: under 2 KiB, whatever the file is called, and without a path.
 */
export function downloadDisposition(filename: string): string {
  const name = filename.split(/[\\/]/).at(-1) ?? "";
  return contentDisposition(cutToBytes(name.replace(/^\.+/, ""), HEADER_NAME_BYTES) || "file");
}

function clean(name = ""): string {
  return name.replace(DECEPTIVE, "").trim();
}

function cutToBytes(name: string, maximum: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > maximum) break;
    end += character.length;
  }
  return name.slice(0, end);
}
