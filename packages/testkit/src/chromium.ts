import { existsSync } from "node:fs";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** True if Chromium is installed where `CHROMIUM_PATH` says, or where Debian has it. In CI it has to be. */
export function hasChromium(): boolean {
  const present = existsSync(EXECUTABLE);
  if (!present && process.env.CI) throw new Error(`CI needs Chromium, and there is none at ${EXECUTABLE}`);
  return present;
}

/** What a person without Chromium is told. */
export const HOW_TO_RUN = `there is no ${EXECUTABLE}. To run it: apt-get install chromium, or CHROMIUM_PATH=<path> npm test`;

/** Starts the system's Chromium, which asks nothing of the network by itself. @param more further arguments of its command line */
export function launchChromium(more: readonly string[] = [], options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
    ...options,
  });
}
