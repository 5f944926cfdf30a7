import { CryptoError } from "../crypto/errors.ts";
import { decryptFile, encryptFile, type FileEncryption } from "../crypto/file.ts";
import { type FileSource, inPieces } from "../crypto/file-pieces.ts";
import { CHUNK_SIZE } from "../crypto/file-shape.ts";
import type { Octets } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { WorkerReply, WorkerRequest } from "../media/worker-messages.ts";
import { abortable } from "../transport/abortable.ts";
import type { CipherOptions, FileCipher } from "./file-cipher.ts";

/** Octets that take less time than a worker takes to start: 5 ms. */
const NOT_WORTH_A_WORKER = 256 * 1024;

/**
 * In a worker of the file's own, so that the page goes on. Where there can be none, because a Content-Security-Policy or
 * the bundler did not let it load, in this thread, which gets to breathe between two pieces.
 */
export function createFileCipher(): FileCipher {
  let workersStart = true;

  async function start(request: WorkerRequest, size: number, signal: AbortSignal | undefined) {
    if (!workersStart || size <= NOT_WORTH_A_WORKER) return undefined;
    const worker = FileWorker.create();
    const reply = await abortable(worker?.ask(request) ?? Promise.resolve(undefined), signal).catch(
      (error: unknown) => {
        worker?.end();
        throw error;
      },
    );
    workersStart = reply !== undefined;
    return worker && reply ? { worker, reply } : undefined;
  }

  return {
    encrypt: async (key, source, size, { whole, signal }): Promise<FileEncryption> => {
      const started = await start({ kind: "encrypt", key, size, whole }, size, signal);
      if (!started) {
        const encryption = encryptFile(key, source, size, { whole, ...(signal && { signal }) });
        return { ...encryption, octets: breathing(encryption.octets) };
      }
      const { worker, reply } = started;
      if (reply.kind !== "encrypting") throw worker.failure(reply);
      const { shape, encryptedSize } = reply;
      return { shape, encryptedSize, octets: worker.pieces(source, { signal }) };
    },
    decrypt: async function* (key, source, metadata, { size, signal }) {
      const started = await start({ kind: "decrypt", key, metadata }, size, signal);
      if (!started)
        return yield* breathing(decryptFile(key, source, metadata, { ...(signal && { signal }) }));
      const { worker, reply } = started;
      if (reply.kind !== "decrypting") throw worker.failure(reply);
      yield* worker.pieces(source, { signal });
    },
  };
}

/** Lets events in between two pieces: promises alone would not. */
async function* breathing(pieces: AsyncGenerator<Octets>): AsyncGenerator<Octets, void, undefined> {
  for await (const piece of pieces) {
    yield piece;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

class FileWorker {
  readonly #worker: Worker;
  #settle: (reply: WorkerReply | undefined) => void = () => {};

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerReply>) => this.#settle(data));
    for (const failure of ["error", "messageerror"] as const) {
      worker.addEventListener(failure, (event) => {
        // Said here once, through what is thrown; the page need not hear of it again.
        event.preventDefault();
        this.#settle(undefined);
      });
    }
  }

  /** `undefined` if this page may not have workers. */
  static create(): FileWorker | undefined {
    try {
      return new FileWorker(
        new Worker(new URL("../media/file-worker.js", import.meta.url), { type: "module" }),
      );
    } catch {
      return undefined;
    }
  }

  /** @returns `undefined` if the worker has failed: it did not load, or ended */
  async ask(request: WorkerRequest, transfer: Transferable[] = []): Promise<WorkerReply | undefined> {
    return await new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage(request, transfer);
    });
  }

  async *pieces(source: FileSource, { signal }: CipherOptions): AsyncGenerator<Octets, void, undefined> {
    const parts = inPieces(source, CHUNK_SIZE);
    try {
      for (;;) {
        let reply = await abortable(this.ask({ kind: "next" }), signal);
        while (reply?.kind === "pull") {
          const { value: octets } = await parts.next();
          const given = this.ask(
            { kind: "source", octets: octets ?? undefined },
            octets ? [octets.buffer] : [],
          );
          reply = await abortable(given, signal);
        }
        if (reply?.kind === "end") return;
        if (reply?.kind !== "piece") throw this.failure(reply);
        yield reply.octets;
      }
    } finally {
      this.end();
      await parts.return(undefined);
    }
  }

  /** Ends the worker. @returns what went wrong */
  failure(reply: WorkerReply | undefined): CryptoError | TacitError {
    this.end();
    if (reply?.kind === "failed" && reply.code) return new CryptoError(reply.code);
    return new TacitError("not_possible", "The file could not be worked on: its worker has ended.");
  }

  end(): void {
    this.#worker.terminate();
    this.#settle(undefined);
  }
}
