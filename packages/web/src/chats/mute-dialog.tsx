import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import type { ChatRow } from "./chat-rows.ts";
import { titleOf } from "./titles.ts";

const HOUR = 60 * 60_000;
/** The protocol knows no "for ever": this outlives everybody. */
const EVER = new Date("9999-12-31T00:00:00Z");

const CHOICES = [
  ["hour", () => new Date(Date.now() + HOUR)],
  ["hours", () => new Date(Date.now() + 8 * HOUR)],
  ["week", () => new Date(Date.now() + 7 * 24 * HOUR)],
  ["ever", () => EVER],
] as const;

/** Asks how long a chat is to be muted. */
export function MuteDialog({
  row,
  onClose,
}: {
  readonly row: Pick<ChatRow, "id" | "title" | "peer">;
  readonly onClose: () => void;
}) {
  const tacit = useTacit();
  const language = useLanguage();
  const { chats } = language.texts;
  const toast = useToast();
  const title = titleOf(row, language.texts);
  const mute = useTask(async (until: Date) => {
    await tacit.chats.get(row.id)?.mute(until);
    toast({ text: chats.wasMuted(title) });
    onClose();
  });
  return (
    <Dialog title={chats.muteTitle(title)} description={chats.muteHint} isOpen onClose={onClose} size="s">
      {mute.error ? <Note look="alert">{errorText(mute.error, language)}</Note> : null}
      {CHOICES.map(([name, until]) => (
        <Button key={name} isWide isBusy={mute.isRunning} onClick={() => void mute.run(until())}>
          {chats.muteFor[name]}
        </Button>
      ))}
    </Dialog>
  );
}
