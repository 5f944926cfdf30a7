import type { NextTask } from "./next-task.ts";

/** Not with a timer: browsers let those of a hidden page wait for up to a minute. */
export const nextTask: NextTask = () => {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? message();
};

function message(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
