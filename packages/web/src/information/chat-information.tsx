import { MessageCircleOff, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { type ChatFacts, useChatFacts } from "../chats/facts.ts";
import { Button, IconButton } from "../design/button.tsx";
import { Empty, PaneHeader } from "../design/pane.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { routes } from "../routes.ts";
import styles from "./chat-information.module.css";
import { GroupInformation } from "./group-information.tsx";
import { nameable } from "./people.ts";
import { PersonInformation } from "./person-information.tsx";

/** What there is to know about a chat and who is in it, and what can be done about that: a pane of its own. */
export function ChatInformation({ chatId }: { readonly chatId: number }) {
  const { information, common } = useTexts();
  const tacit = useTacit();
  const [, navigate] = useLocation();
  useVersion("sync");
  const facts = useChatFacts(chatId);
  const isOver = useEnd(facts);
  const pane = useHeldFocus();
  const body = useRef<HTMLDivElement>(null);
  const close = () => navigate(facts ? routes.chat(chatId) : routes.home);
  const title = facts ? information.about(facts.kind) : "";
  if (isOver) return null;
  return (
    <section
      ref={pane}
      data-holds-focus
      className={styles.pane}
      aria-label={title || information.notHere}
      tabIndex={-1}
      onKeyDown={(event) => {
        const { key, target, currentTarget, defaultPrevented } = event;
        // What lies over the pane, or is edited in it, has a use of its own for the key.
        const isOwn = target instanceof Node && currentTarget.contains(target) && !defaultPrevented;
        if (key === "Escape" && isOwn) close();
      }}
    >
      <PaneHeader title={title} onBack={close} backOn="always">
        <IconButton className={styles.close} label={common.close} onClick={close}>
          <X size={20} aria-hidden />
        </IconButton>
      </PaneHeader>
      <div ref={body} className={styles.body}>
        {facts ? (
          facts.peer ? (
            <PersonInformation facts={facts} peer={nameable(facts.peer, common.deletedAccount)} />
          ) : (
            <GroupInformation facts={facts} scroller={body} />
          )
        ) : tacit.upToDate ? (
          <NotHere />
        ) : (
          <div className={styles.waiting}>
            <Spinner label={common.loading} />
          </div>
        )}
      </div>
    </section>
  );
}

function NotHere() {
  const { information } = useTexts();
  const [, navigate] = useLocation();
  return (
    <Empty icon={<MessageCircleOff size={40} strokeWidth={1.5} aria-hidden />} title={information.notHere}>
      <p>{information.notHereHint}</p>
      <Button onClick={() => navigate(routes.home)}>{information.toChats}</Button>
    </Empty>
  );
}

/** Says so and leads to the chats when a chat goes while it is looked at, whoever made it go. @returns whether it went */
function useEnd(facts: ChatFacts | undefined): boolean {
  const { information } = useTexts();
  const toast = useToast();
  const [, navigate] = useLocation();
  const shown = useRef<string>(undefined);
  const isOver = facts === undefined && shown.current !== undefined;
  useEffect(() => {
    if (facts) shown.current = facts.title;
    else if (shown.current !== undefined) {
      toast({ text: information.gone(shown.current) });
      shown.current = undefined;
      navigate(routes.home, { replace: true });
    }
  }, [facts, information, toast, navigate]);
  return isOver;
}

/** Takes the focus as long as the pane is there, and gives it back to where it was, unless something else has taken it. */
function useHeldFocus() {
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    pane.current?.focus({ preventScroll: true });
    return () => {
      // The focus of what is gone is the page's.
      if (document.activeElement !== document.body) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return pane;
}
