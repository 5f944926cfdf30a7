import { CryptoError } from "../crypto/errors.ts";
import { decryptFile, encryptFile } from "../crypto/file.ts";
import type { Octets } from "../crypto/primitives/octets.ts";
import type { WorkerReply, WorkerRequest } from "./worker-messages.ts";

// The script of a worker: encrypts or decrypts one file, away from the thread that draws the page.

let result: AsyncGenerator<Octets, void, undefined> | undefined;
let take: (octets: Octets | undefined) => void = () => {};

self.addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
  serve(data).catch((error: unknown) =>
    reply({ kind: "failed", code: error instanceof CryptoError ? error.code : undefined }),
  );
});

async function serve(request: WorkerRequest): Promise<void> {
  switch (request.kind) {
    case "encrypt": {
      const { key, size, whole } = request;
      const { octets, shape, encryptedSize } = encryptFile(key, source(), size, { whole });
      result = octets;
      return reply({ kind: "encrypting", shape, encryptedSize });
    }
    case "decrypt":
      result = decryptFile(request.key, source(), request.metadata);
      return reply({ kind: "decrypting" });
    case "next":
      return replyWith(await result?.next());
    case "source":
      return take(request.octets);
  }
}

async function* source(): AsyncGenerator<Octets, void, undefined> {
  for (;;) {
    const octets = await new Promise<Octets | undefined>((resolve) => {
      take = resolve;
      reply({ kind: "pull" });
    });
    if (!octets) return;
    yield octets;
  }
}

function replyWith(next: IteratorResult<Octets, void> | undefined): void {
  if (!next || next.done) reply({ kind: "end" });
  else reply({ kind: "piece", octets: next.value }, [next.value.buffer]);
}

function reply(message: WorkerReply, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
