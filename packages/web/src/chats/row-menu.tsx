import { TacitError } from "@tacit/client";
import {
  Archive,
  ArchiveRestore,
  Bell,
  BellOff,
  CheckCheck,
  LogOut,
  MessageCircle,
  Star,
  StarOff,
  Trash2,
} from "lucide-react";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { MenuEntry } from "../design/menu.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import type { ChatRow } from "./chat-rows.ts";
import { FavoritesFullDialog } from "./favorites-full-dialog.tsx";
import { LeaveDialog } from "./leave-dialog.tsx";
import { MuteDialog } from "./mute-dialog.tsx";
import { titleOf } from "./titles.ts";

/** What is asked before something is done with a chat. */
type Question = {
  readonly about: ChatRow;
  readonly name: "mute" | "leave" | "deleteForAll" | "favoritesFull";
};
type EntriesOf = (row: ChatRow) => readonly MenuEntry[];

const RowMenuContext = createContext<EntriesOf>(() => []);

/** What can be done with a chat, as lines of a menu. */
export function useRowMenu(): EntriesOf {
  return use(RowMenuContext);
}

/** Lets the rows inside have menus, and asks what there is to ask. */
export function RowMenuProvider({
  onAsked,
  children,
}: {
  /** A question has been answered or dismissed, and what had the focus before is gone: it belongs to the row. */
  readonly onAsked: (chatId: number) => void;
  readonly children: ReactNode;
}) {
  const [question, setQuestion] = useState<Question>();
  const ask = useCallback((asked: Question) => afterFocus(() => setQuestion(asked)), []);
  const entriesOf = useEntries(ask);
  const about = question?.about;
  const close = useCallback(() => {
    setQuestion(undefined);
    if (about) afterFocus(() => document.activeElement === document.body && onAsked(about.id));
  }, [about, onAsked]);
  return (
    <RowMenuContext value={entriesOf}>
      {children}
      {question ? <Asking question={question} onClose={close} /> : null}
    </RowMenuContext>
  );
}

/** Once what closes now has given the focus back, which it does in a task of its own. */
function afterFocus(work: () => unknown): void {
  setTimeout(() => setTimeout(work));
}

function Asking({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const { about, name } = question;
  if (name === "mute") return <MuteDialog row={about} onClose={onClose} />;
  if (name === "favoritesFull") return <FavoritesFullDialog row={about} onClose={onClose} />;
  return <LeaveDialog row={about} isForAll={name === "deleteForAll"} onClose={onClose} />;
}

function useEntries(ask: (question: Question) => void): EntriesOf {
  const { texts } = useLanguage();
  const { chats } = texts;
  const [, navigate] = useLocation();
  const act = useActions(ask);
  return useMemo(
    () => (row) => [
      { label: chats.open, icon: <MessageCircle />, onSelect: () => navigate(routes.chat(row.id)) },
      ...(row.unread > 0
        ? [{ label: chats.markRead, icon: <CheckCheck />, onSelect: () => act.markRead(row) }]
        : []),
      {
        label: row.isFavorite ? chats.removeFavorite : chats.addFavorite,
        icon: row.isFavorite ? <StarOff /> : <Star />,
        onSelect: () => act.setFavorite(row),
      },
      row.mutedUntil
        ? { label: chats.unmute, icon: <Bell />, onSelect: () => act.unmute(row) }
        : { label: chats.mute, icon: <BellOff />, onSelect: () => ask({ about: row, name: "mute" }) },
      {
        label: row.isArchived ? chats.unarchive : chats.archive,
        icon: row.isArchived ? <ArchiveRestore /> : <Archive />,
        onSelect: () => act.setArchived(row, !row.isArchived),
      },
      "separator",
      ...goingEntries(row, chats, ask),
    ],
    [chats, navigate, act, ask],
  );
}

function goingEntries(
  row: ChatRow,
  chats: ReturnType<typeof useLanguage>["texts"]["chats"],
  ask: (question: Question) => void,
): MenuEntry[] {
  const leave = { isDangerous: true, onSelect: () => ask({ about: row, name: "leave" }) } as const;
  if (row.kind === "private") return [{ ...leave, label: chats.deleteChat, icon: <Trash2 /> }];
  const label = row.kind === "group" ? chats.leaveGroup : chats.leaveChannel;
  const leaving = { ...leave, label, icon: <LogOut /> };
  if (row.myRole !== "owner") return [leaving];
  const onSelect = () => ask({ about: row, name: "deleteForAll" });
  return [leaving, { label: chats.deleteForAll, icon: <Trash2 />, isDangerous: true, onSelect }];
}

/** What is done at once; an error is said at the edge of the screen, with another try where that can help. */
function useActions(ask: (question: Question) => void) {
  const tacit = useTacit();
  const language = useLanguage();
  const toast = useToast();
  return useMemo(() => {
    const { texts } = language;
    const attempt = async (
      work: () => Promise<unknown> | undefined,
      isExpected?: (error: unknown) => boolean,
    ) => {
      try {
        await work();
        return true;
      } catch (error) {
        if (isExpected?.(error)) return false;
        const action = { label: texts.common.retry, run: () => void attempt(work, isExpected) };
        toast({ text: errorText(error, language), isAlert: true, action });
        return false;
      }
    };
    const chatOf = ({ id }: ChatRow) => tacit.chats.get(id);
    const setArchived = async (row: ChatRow, isArchived: boolean) => {
      if (!(await attempt(() => chatOf(row)?.setArchived(isArchived)))) return;
      const title = titleOf(row, texts);
      const text = isArchived ? texts.chats.wasArchived(title) : texts.chats.wasUnarchived(title);
      const undo = () => void attempt(() => chatOf(row)?.setArchived(!isArchived));
      toast({ text, action: { label: texts.common.undo, run: undo } });
    };
    return {
      markRead: (row: ChatRow) => void attempt(() => chatOf(row)?.markRead()),
      unmute: (row: ChatRow) => void attempt(() => chatOf(row)?.mute(null)),
      setArchived: (row: ChatRow, isArchived: boolean) => void setArchived(row, isArchived),
      setFavorite: (row: ChatRow) =>
        void attempt(
          () => chatOf(row)?.setFavorite(!row.isFavorite),
          (error) => {
            const isFull = error instanceof TacitError && error.code === "too_many_favorites";
            if (isFull) ask({ about: row, name: "favoritesFull" });
            return isFull;
          },
        ),
    };
  }, [tacit, language, toast, ask]);
}
