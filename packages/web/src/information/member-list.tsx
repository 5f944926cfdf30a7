import type { ChatMember } from "@tacit/client";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import type { ChatFacts } from "../chats/facts.ts";
import { useTacit, useVersion } from "../live/account.tsx";
import { MemberLine } from "./member-line.tsx";
import { MemberQuestion, type MemberQuestionName } from "./member-question.tsx";
import styles from "./members.module.css";

/** From so many on, only those in sight are there. */
const MANY = 100;

interface Asking {
  readonly name: MemberQuestionName;
  readonly member: ChatMember;
}

/** The members in lines. What is asked about one of them outlives their line: it may scroll away, or they may leave. */
export function MemberList({
  facts,
  members,
  scroller,
}: {
  readonly facts: ChatFacts;
  readonly members: readonly ChatMember[];
  readonly scroller: RefObject<HTMLElement | null>;
}) {
  const tacit = useTacit();
  useVersion("presence");
  const list = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState<Asking>();
  const line = (member: ChatMember) => (
    <MemberLine
      key={member.person.id}
      facts={facts}
      member={member}
      isOnline={tacit.isOnline(member.person)}
      onAsk={(name) => setAsking({ name, member })}
    />
  );
  const isLong = members.length > MANY;
  useFocusOfWhoLeft(list);
  const start = useOffset(list, scroller, isLong);
  return (
    <div ref={list} className={styles.frame} tabIndex={-1}>
      {isLong ? (
        <Virtualizer as="ul" item="li" scrollRef={scroller} startMargin={start}>
          {members.map(line)}
        </Virtualizer>
      ) : (
        <ul className={styles.list}>
          {members.map((member) => (
            <li key={member.person.id}>{line(member)}</li>
          ))}
        </ul>
      )}
      {asking ? (
        <MemberQuestion
          name={asking.name}
          facts={facts}
          person={asking.member.person}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </div>
  );
}

/**
 * The focus stays in the list when the line that had it goes with somebody who was removed, before or after the question about
 * them has closed.
 */
function useFocusOfWhoLeft(list: RefObject<HTMLElement | null>): void {
  const last = useRef<EventTarget>(null);
  useEffect(() => {
    const over = new AbortController();
    const note = ({ target }: FocusEvent) => {
      last.current = target;
    };
    list.current?.addEventListener("focusin", note, { signal: over.signal });
    return () => over.abort();
  }, [list]);
  useEffect(() => {
    const isGone = last.current instanceof Element && !last.current.isConnected;
    if (isGone && document.activeElement === document.body) list.current?.focus({ preventScroll: true });
  });
}

/** Pixels that what scrolls shows before the list. */
function useOffset(
  list: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  isLong: boolean,
): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const [inner, outer] = [list.current, scroller.current];
    if (!inner || !outer || !isLong) return;
    const measure = () =>
      setOffset(inner.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop);
    const watch = new ResizeObserver(measure);
    for (const part of outer.children) watch.observe(part);
    return () => watch.disconnect();
  }, [list, scroller, isLong]);
  return offset;
}
