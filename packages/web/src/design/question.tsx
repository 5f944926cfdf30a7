import type { ReactNode } from "react";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";
import { ConfirmDialog } from "./dialog.tsx";

/** Asks before it does something; it stays, with the reason, if that fails. */
export function Question({
  title,
  description,
  action,
  work,
  onClose,
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly action: string;
  readonly work: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  const language = useLanguage();
  const task = useTask(work);
  const confirm = async () => (await task.run()) && onClose();
  return (
    <ConfirmDialog
      isOpen
      title={title}
      description={description}
      action={action}
      isBusy={task.isRunning}
      error={task.error === undefined ? undefined : errorText(task.error, language)}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {children}
    </ConfirmDialog>
  );
}
