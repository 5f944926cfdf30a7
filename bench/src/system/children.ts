import { type Child, startChild } from "./child.ts";

/** Several processes of the same module, which a load is spread over. */
export interface Children<Request, Reply> {
  /** Asks all at once; `request` gets the number of the process. */
  ask(request: (index: number) => Request): Promise<Reply[]>;
  /** Asks the first one alone. */
  askFirst(request: Request): Promise<Reply>;
  end(): Promise<void>;
}

/** Starts them. @param count at least 1. */
export function startChildren<Request extends object, Reply>(
  module: URL,
  count: number,
): Children<Request, Reply> {
  const children = Array.from({ length: count }, () => startChild<Request, Reply>(module));
  const [first] = children as [Child<Request, Reply>];
  return {
    ask: (request) => Promise.all(children.map((child, index) => child.ask(request(index)))),
    askFirst: (request) => first.ask(request),
    end: async () => {
      await Promise.all(children.map((child) => child.end()));
    },
  };
}
