import { useState } from "react";
import { useAnswer } from "../live/account.tsx";

/** Entries of one answer of the administrators' lists. */
const PAGE = 100;

/** A list that the server gives page by page, newest first. */
export function usePages<T extends { readonly id: number }>(
  ask: (beforeId: number | undefined) => Promise<T[]>,
  key: string,
) {
  const [wanted, setWanted] = useState(1);
  const answer = useAnswer(async () => {
    const entries: T[] = [];
    for (let page = 0; page < wanted; page++) {
      const next = await ask(entries.at(-1)?.id);
      entries.push(...next);
      if (next.length < PAGE) return { entries, isMore: false };
    }
    return { entries, isMore: true };
  }, [key, wanted]);
  return { answer, showMore: () => setWanted((pages) => pages + 1) };
}
