import { TacitError } from "@tacit/client";
import { useEffect, useState } from "react";

/** Milliseconds until what failed may be tried again, counting down by the second; 0 as soon as it may. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const wait = waitOf(error);
    setLeft(wait);
    if (wait === 0) return;
    const until = Date.now() + wait;
    const timer = setInterval(() => {
      const rest = Math.max(0, until - Date.now());
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}

function waitOf(error: unknown): number {
  const isThrottled =
    error instanceof TacitError &&
    (error.code === "too_many_attempts" || error.code === "too_many_registrations");
  return isThrottled ? (error.details.retryAfter ?? 0) : 0;
}
