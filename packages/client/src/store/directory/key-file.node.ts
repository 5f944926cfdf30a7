import { randomUUID } from "node:crypto";
import { chmod, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Kdf } from "@tacit/protocol";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { isJsonObject, octets32, parseJson } from "../../crypto/json-shape.ts";
import { CURRENT_KDF, newSalt, prepareKdf } from "../../crypto/password.ts";
import { argon2id } from "../../crypto/primitives/kdf.ts";
import { fromBase64, randomBytes, toBase64, utf8 } from "../../crypto/primitives/octets.ts";
import { TacitError } from "../../errors.ts";
import type { Sealer } from "../storage.ts";
import { aesGcmSealer } from "./sealer.node.ts";

const VERSION = 1;

/** Bound to the sealed key. */
const CONTEXT = "tacit/storage-key";

const PlainKey = Type.Object({ version: Type.Literal(VERSION), key: Type.String() });
const SealedKey = Type.Object({
  version: Type.Literal(VERSION),
  kdf: Kdf,
  salt: Type.String(),
  sealedKey: Type.String(),
});
type KeyFile = Static<typeof PlainKey> | Static<typeof SealedKey>;

/**
 * Reads the key that seals a directory.
 * @returns 32 octets; `undefined` if the file is not there
 * @throws TacitError `wrong_passphrase`; `store_damaged` for a file that is none of ours, or of a later release
 */
export async function readKey(path: string, passphrase: string | undefined): Promise<Uint8Array | undefined> {
  const json = await contentOf(path);
  if (json === undefined) return undefined;
  await chmod(path, 0o600);
  const file = parse(json);
  if ("key" in file) return readPlain(file, passphrase);
  if (passphrase === undefined)
    throw new TacitError("wrong_passphrase", "The storage is sealed with a passphrase, and none was given");
  return await unwrap(file, passphrase);
}

/** Makes a key of 32 octets. Until `save` has resolved, no storage has it; `save` never leaves half a file. */
export async function createKey(
  path: string,
  passphrase: string | undefined,
): Promise<{ readonly key: Uint8Array; readonly save: () => Promise<void> }> {
  const key = randomBytes(32);
  const file = passphrase === undefined ? plainFile(key) : await wrap(key, passphrase);
  return { key, save: () => writeDurably(path, JSON.stringify(file)) };
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(json: string): KeyFile {
  const file = orDamaged(() => parseJson(json));
  if (isJsonObject(file) && typeof file.version === "number" && file.version > VERSION)
    throw damaged("The storage was made by a later release of Tacit, which has to be used to open it");
  if (Check(PlainKey, file) || Check(SealedKey, file)) return file;
  throw damaged("The key file of the storage is damaged");
}

function plainFile(key: Uint8Array): Static<typeof PlainKey> {
  return { version: VERSION, key: toBase64(key) };
}

function readPlain({ key }: Static<typeof PlainKey>, passphrase: string | undefined): Uint8Array {
  if (passphrase === undefined) return orDamaged(() => octets32(key));
  throw new TacitError("wrong_passphrase", "The storage was made without a passphrase, and one was given");
}

async function wrap(key: Uint8Array, passphrase: string): Promise<Static<typeof SealedKey>> {
  const file = { version: VERSION, kdf: CURRENT_KDF, salt: newSalt() } as const;
  const sealer = await sealerOf(file, passphrase);
  return { ...file, sealedKey: toBase64(await sealer.seal(key, CONTEXT)) };
}

async function unwrap(file: Static<typeof SealedKey>, passphrase: string): Promise<Uint8Array> {
  const sealed = orDamaged(() => fromBase64(file.sealedKey));
  const sealer = await sealerOf(file, passphrase);
  try {
    return await sealer.open(sealed, CONTEXT);
  } catch {
    throw new TacitError("wrong_passphrase", "The storage does not open with this passphrase");
  }
}

/** What the passphrase becomes. Costs outside the bounds of passwords are none that this program wrote. */
async function sealerOf(file: { salt: string; kdf: Kdf }, passphrase: string): Promise<Sealer> {
  const { salt, kdf } = orDamaged(() => prepareKdf(file.salt, file.kdf));
  return aesGcmSealer(await argon2id(utf8(passphrase.normalize("NFKC")), salt, kdf, 32));
}

/** Either all of it is there afterwards, even if the power fails, or nothing. */
async function writeDurably(path: string, content: string): Promise<void> {
  const written = `${path}.${randomUUID()}`;
  try {
    await writeAndSync(written, content);
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeAndSync(path: string, content: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows has no such thing: its file systems write names in order by themselves. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function orDamaged<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw damaged("The key file of the storage is damaged");
  }
}

function damaged(message: string): TacitError {
  return new TacitError("store_damaged", message);
}
