import { EventEmitter } from "node:events";
import type { Bus } from "./bus.ts";

/** The bus of an instance with a single node: handlers run before `publish` returns, in the order of publishing. */
export function localBus(): Bus {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    publish: (topic, event) => {
      emitter.emit(topic, event);
    },
    subscribe: (topic, handler) => {
      emitter.on(topic, handler);
      return () => emitter.off(topic, handler);
    },
    close: async () => {
      emitter.removeAllListeners();
    },
  };
}
