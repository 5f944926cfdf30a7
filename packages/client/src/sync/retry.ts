import { TacitError } from "../errors.ts";

/** Whether another try may go better: no answer came, or one that says so. */
export function mayGoBetter(error: unknown): boolean {
  if (!(error instanceof TacitError)) return false;
  const { status = 0 } = error.details;
  return error.code === "unreachable" || error.code === "timeout" || status === 429 || status >= 500;
}

/** Resolves after some milliseconds, or at once when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
