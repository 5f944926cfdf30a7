import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of the bench's own that answers requests one after the other. */
export interface Child<Request, Reply> {
  readonly pid: number;
  ask(request: Request): Promise<Reply>;
  end(): Promise<void>;
}

/** Starts a module as a process of its own, so that its work is not the measuring process's. */
export function startChild<Request extends object, Reply>(module: URL): Child<Request, Reply> {
  const child = fork(fileURLToPath(module), { serialization: "advanced" });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    pid: child.pid ?? 0,
    ask: (request) => askOnce<Reply>(child, request),
    end: async () => {
      child.disconnect();
      await gone;
    },
  };
}

function askOnce<Reply>(child: ChildProcess, request: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the bench ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (reply: Reply | { readonly failure: string }) => {
      child.off("exit", onExit);
      if (typeof reply === "object" && reply !== null && "failure" in reply) reject(new Error(reply.failure));
      else resolve(reply as Reply);
    });
    child.send(request);
  });
}

/** The other end: answers each request with what `handle` returns, and ends when the parent lets go. */
export function answerParent<Request>(handle: (request: Request) => Promise<unknown>): void {
  process.on("message", (request: Request) => {
    handle(request).then(
      (reply) => process.send?.(reply ?? {}),
      (error: unknown) => process.send?.({ failure: String((error as Error)?.stack ?? error) }),
    );
  });
  process.once("disconnect", () => process.exit(0));
}
