import type { Message } from "@tacit/client";
import { useEffect, useState } from "react";
import { useTacit } from "../live/account.tsx";

/** How much of a message's recording is at the server, from 0 to 1; `undefined` unless it is being sent. */
export function useSending({ key, state }: Pick<Message, "key" | "state">): number | undefined {
  const tacit = useTacit();
  const [sent, setSent] = useState(0);
  useEffect(
    () =>
      tacit.on("transfer", ({ outboxId, done, total }) => {
        if (outboxId === key && total > 0) setSent(done / total);
      }),
    [tacit, key],
  );
  return state === "queued" || state === "sending" ? sent : undefined;
}
