/** Files that a message can have. */
export const MOST_FILES = 32;
/** Octets that a file can have. */
const MOST_OCTETS = 50 * 1024 * 1024;

/** A file that is going to be sent. */
export interface PickedFile {
  /** For lists on a screen: the same file can be there twice. */
  readonly id: number;
  readonly file: File;
}

/** A file that cannot be sent, and why. */
export interface Refusal {
  readonly name: string;
  readonly why: "tooLarge" | "empty" | "tooMany" | "folder";
}

/** What somebody chose, dropped or pasted. */
export interface Offer {
  readonly files: readonly File[];
  /** Names of folders, which cannot be sent. */
  readonly folders: readonly string[];
}

/** What is going to be sent, and what is not. */
export interface Picked {
  readonly files: readonly PickedFile[];
  readonly refused: readonly Refusal[];
}

/** Nothing was chosen. */
export const NONE: Picked = { files: [], refused: [] };

let lastId = 0;

/** Takes what can be sent to what is there already, and says why not of the rest. */
export function pick(already: readonly PickedFile[], { files, folders }: Offer): Picked {
  const taken = [...already];
  const refused: Refusal[] = folders.map((name) => ({ name, why: "folder" }));
  for (const file of files) {
    const why = refusalOf(file, taken.length);
    if (why) refused.push({ name: file.name, why });
    else taken.push({ id: ++lastId, file });
  }
  return { files: taken, refused };
}

function refusalOf({ size }: File, taken: number): Refusal["why"] | undefined {
  if (size > MOST_OCTETS) return "tooLarge";
  if (size === 0) return "empty";
  return taken >= MOST_FILES ? "tooMany" : undefined;
}

/** One step nearer to the beginning. */
export function moved(files: readonly PickedFile[], id: number): readonly PickedFile[] {
  const at = files.findIndex((file) => file.id === id);
  const [file, before] = [files[at], files[at - 1]];
  return file && before ? [...files.slice(0, at - 1), file, before, ...files.slice(at + 1)] : files;
}

/** What was dropped. */
export function offerOf(data: DataTransfer): Offer {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const folders = entries.filter((entry) => entry.isDirectory).map(({ name }) => name);
  return { files: [...data.files].filter(({ name }) => !folders.includes(name)), folders };
}

/** What was pasted, if it is files: what an office program copies is text, although a picture of it comes along. */
export function pastedFiles(data: DataTransfer): Offer | undefined {
  const offer = offerOf(data);
  if (offer.files.length + offer.folders.length === 0) return undefined;
  const names = [...offer.files.map(({ name }) => name), ...offer.folders];
  // A file manager adds the names.
  const lines = data
    .getData("text/plain")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.every((line) => names.includes(line)) ? offer : undefined;
}
