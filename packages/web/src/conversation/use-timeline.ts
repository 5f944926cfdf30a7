import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useTacit } from "../live/account.tsx";
import { placeIn } from "./places.ts";
import type { Snapshot } from "./snapshot.ts";
import { Timeline } from "./timeline.ts";

/** The messages of a chat as long as it is open, first at a message, at the place that was left, or where reading goes on. */
export function useTimeline(chatId: number, messageId: number | undefined): [Timeline, Snapshot] {
  const tacit = useTacit();
  const timeline = useMemo(() => new Timeline(tacit, chatId), [tacit, chatId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another message of the same chat is gone to below.
  useEffect(() => {
    void timeline.start({ messageId, place: placeIn(tacit, chatId) });
    return () => timeline.stop();
  }, [timeline]);
  useEffect(() => {
    if (messageId !== undefined && !timeline.snapshot().isOpening) void timeline.goTo(messageId);
  }, [timeline, messageId]);
  return [timeline, useSyncExternalStore(timeline.subscribe, timeline.snapshot)];
}
