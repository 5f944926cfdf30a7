import type { Message, Person } from "@tacit/client";
import { useEffect, useMemo, useState } from "react";
import { useLanguage } from "../../language/language.tsx";
import { useAnswer, useTacit } from "../../live/account.tsx";
import { useNetworkState } from "../../network/network-state.ts";
import type { ChatRow } from "../chat-rows.ts";
import { titleOf } from "../titles.ts";
import { matches } from "./words.ts";

/** Milliseconds that somebody has stopped typing for before the server is asked. */
const PAUSE = 200;
/** Messages on a page. */
const PAGE = 20;

/** What a question of people was answered with. */
export interface PeopleFound {
  readonly people: readonly Person[];
  readonly isLoading: boolean;
  /** Why they could not be searched for. */
  readonly error: unknown;
  readonly isOffline: boolean;
}

/** Searches for people on the server: the latest question wins, and one that is outdated is called off. */
export function usePeopleSearch(query: string): PeopleFound {
  const tacit = useTacit();
  const network = useNetworkState();
  const isOffline = network.name !== "online" && network.name !== "catchingUp";
  const { value, error, isLoading } = useAnswer(
    async (signal) => {
      if (query === "" || isOffline) return { query, people: [] };
      await pause(PAUSE, signal);
      const people = await tacit.people.search(query, { signal });
      return { query, people: people.filter(({ id }) => id !== tacit.id) };
    },
    [tacit, query, isOffline],
  );
  // Until the answer is there, whoever was found for what was typed before stays, if they fit.
  const people = (value?.people ?? []).filter(
    ({ nickname, username }) => value?.query === query || matches(query, nickname, username),
  );
  return { people: error ? [] : people, isLoading, error, isOffline };
}

/** Messages that were found, page by page. */
export interface MessagesFound {
  readonly messages: readonly Message[];
  readonly isLoading: boolean;
  readonly error: unknown;
  /** Brings the next page; absent if there is none. */
  readonly more: (() => void) | undefined;
}

/** Searches the messages of this device. */
export function useMessageSearch(query: string): MessagesFound {
  const tacit = useTacit();
  const [pages, setPages] = useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins with its first page.
  useEffect(() => setPages(1), [query]);
  const { value, error, isLoading } = useAnswer(
    async (signal) => {
      await pause(PAUSE / 2, signal);
      const messages = await tacit.search(query, { limit: pages * PAGE });
      return { query, messages, isWhole: messages.length < pages * PAGE };
    },
    [tacit, query, pages],
  );
  const isCurrent = value?.query === query;
  return {
    messages: isCurrent ? value.messages : [],
    isLoading: isLoading || !isCurrent,
    error,
    more: isCurrent && !value.isWhole ? () => setPages((count) => count + 1) : undefined,
  };
}

/** Chats whose title, or whose other side's username, holds the words. */
export function useChatSearch(query: string, rows: readonly ChatRow[]): readonly ChatRow[] {
  const { texts } = useLanguage();
  return useMemo(
    () => rows.filter((row) => matches(query, titleOf(row, texts), row.peer?.username ?? "")),
    [query, rows, texts],
  );
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
