import { StarOff } from "lucide-react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import type { ChatRow } from "./chat-rows.ts";
import { titleOf } from "./titles.ts";
import { useChatRows } from "./use-chat-rows.ts";

/** There is no room for another favourite: offers to take one out for it. */
export function FavoritesFullDialog({
  row,
  onClose,
}: {
  readonly row: ChatRow;
  readonly onClose: () => void;
}) {
  const tacit = useTacit();
  const language = useLanguage();
  const { texts } = language;
  const favorites = useChatRows().filter(({ isFavorite }) => isFavorite);
  const exchange = useTask(async (out: number) => {
    await tacit.chats.get(out)?.setFavorite(false);
    await tacit.chats.get(row.id)?.setFavorite(true);
    onClose();
  });
  return (
    <Dialog
      title={texts.chats.favoritesFullTitle}
      description={texts.chats.favoritesFullHint(titleOf(row, texts))}
      isOpen
      onClose={onClose}
      size="s"
    >
      {exchange.error ? <Note look="alert">{errorText(exchange.error, language)}</Note> : null}
      {favorites.map((favorite) => (
        <Button
          key={favorite.id}
          isWide
          icon={<StarOff size={18} aria-hidden />}
          isBusy={exchange.isRunning}
          onClick={() => void exchange.run(favorite.id)}
        >
          {texts.chats.takeOut(titleOf(favorite, texts))}
        </Button>
      ))}
    </Dialog>
  );
}
