import type { Message } from "@tacit/client";
import { Question } from "../design/question.tsx";
import { useTexts } from "../language/language.tsx";

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
  const { conversation } = useTexts();
  const remove = async () => {
    for (const message of messages) await message.remove();
    onDone();
  };
  return (
    <Question
      title={conversation.deleteTitle(messages.length)}
      description={conversation.deleteDescription}
      action={conversation.delete}
      work={remove}
      onClose={onClose}
    />
  );
}
