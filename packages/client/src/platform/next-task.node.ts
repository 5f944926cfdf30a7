import { setImmediate } from "node:timers/promises";
import type { NextTask } from "./next-task.ts";

export const nextTask: NextTask = () => setImmediate();
