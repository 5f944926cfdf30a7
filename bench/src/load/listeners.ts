import { answerParent } from "../system/child.ts";
import { type CountingSocket, openCountingSocket } from "./counting-socket.ts";
import { type FrameTemplate, groupTemplate } from "./message-content.ts";
import type { Account } from "./people.ts";

/** What a process that holds the sockets of a group's members is asked for; `connect` comes first. */
export type ListenersRequest =
  | { readonly kind: "connect"; readonly url: string; readonly people: readonly Account[] }
  /** Some of them write into a group, each with one message under way; `recipients` have an envelope. */
  | {
      readonly kind: "write";
      readonly chatId: number;
      readonly writers: number;
      readonly recipients: readonly number[];
    }
  | { readonly kind: "stop" }
  | { readonly kind: "count" }
  | { readonly kind: "disconnect" };

/** Frames that all sockets of the process have received, by type, and its seconds of CPU. */
export interface ListenersCount {
  readonly counts: Readonly<Record<string, number>>;
  readonly cpuSeconds: number;
}

let sockets: CountingSocket[] = [];
let writing: { readonly templates: readonly FrameTemplate[] } | null = null;
let written = 0;

answerParent(async (request: ListenersRequest) => {
  switch (request.kind) {
    case "connect":
      sockets = await Promise.all(
        request.people.map(({ token }, index) =>
          openCountingSocket(request.url, token, (type, frame) => answerOwn(index, type, frame)),
        ),
      );
      return {};
    case "write": {
      const { chatId, writers, recipients } = request;
      writing = { templates: Array.from({ length: writers }, () => groupTemplate(chatId, recipients)) };
      for (let index = 0; index < writers; index += 1) write(index);
      return {};
    }
    case "stop":
      writing = null;
      return {};
    case "count":
      return count();
    case "disconnect":
      for (const socket of sockets) socket.close();
      return {};
  }
});

/** The message that a writer gets back has reached everybody else's socket in the same moment: time for the next one. */
function answerOwn(index: number, type: string, frame: Buffer): void {
  if (type === "error") throw new Error(`the server refused a message: ${frame.toString("latin1")}`);
  if (type === "ok" && writing) write(index);
}

function write(index: number): void {
  const template = writing?.templates[index];
  if (!template) return;
  written += 1;
  const id = `${process.pid.toString(16).padStart(8, "0")}-0000-4000-8000-${written.toString(16).padStart(12, "0")}`;
  sockets[index]?.send(template.before + id + template.after);
}

function count(): ListenersCount {
  const counts: Record<string, number> = {};
  for (const socket of sockets)
    for (const [type, frames] of socket.counts) counts[type] = (counts[type] ?? 0) + frames;
  const { user, system } = process.cpuUsage();
  return { counts, cpuSeconds: (user + system) / 1e6 };
}
