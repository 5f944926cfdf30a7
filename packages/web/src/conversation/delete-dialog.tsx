import type { Message } from "@tacit/client";
import { ConfirmDialog } from "../design/dialog.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";

/** Asks before messages are deleted for everyone. */
export function DeleteDialog({
  messages,
  onDone,
  onClose,
}: {
  readonly messages: readonly Message[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const language = useLanguage();
  const { conversation } = language.texts;
  const removal = useTask(async () => {
    for (const message of messages) await message.remove();
    onDone();
  });
  return (
    <ConfirmDialog
      title={conversation.deleteTitle(messages.length)}
      description={conversation.deleteDescription}
      action={conversation.delete}
      isOpen
      isBusy={removal.isRunning}
      error={removal.error ? errorText(removal.error, language) : undefined}
      onConfirm={() => void removal.run()}
      onClose={onClose}
    />
  );
}
