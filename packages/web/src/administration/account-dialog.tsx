import { ConfirmDialog } from "../design/dialog.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";

/** What administrators change about an account. */
export type AccountChange = "disable" | "enable" | "promote" | "demote";

const CHANGES = {
  disable: { disabled: true },
  enable: { disabled: false },
  promote: { is_admin: true },
  demote: { is_admin: false },
} as const;

/** Asks before an account is changed, and changes it. */
export function AccountDialog({
  asked,
  onClose,
  onChanged,
}: {
  readonly asked:
    | { readonly user: { readonly id: number; readonly nickname: string }; readonly change: AccountChange }
    | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}) {
  const tacit = useTacit();
  const toast = useToast();
  const language = useLanguage();
  const { administration: t } = language.texts;
  const { user, change = "disable" } = asked ?? {};
  const name = user?.nickname ?? "";
  const said = {
    disable: [t.disableTitle(name), t.disableDescription, t.disable, t.disabled(name)],
    enable: [t.enableTitle(name), t.enableDescription, t.enable, t.enabled(name)],
    promote: [t.promoteTitle(name), t.promoteDescription, t.promote, t.promoted(name)],
    demote: [t.demoteTitle(name), t.demoteDescription, t.demote, t.demoted(name)],
  } as const;
  const [title, description, action, done] = said[change];
  const task = useTask(async () => {
    if (!user) return;
    await tacit.admin.updateUser(user.id, CHANGES[change]);
    toast({ text: done });
    onClose();
    onChanged();
  });
  return (
    <ConfirmDialog
      title={title}
      description={description}
      action={action}
      isOpen={asked !== undefined}
      isBusy={task.isRunning}
      error={task.error ? errorText(task.error, language) : undefined}
      onConfirm={() => void task.run()}
      onClose={() => {
        task.clear();
        onClose();
      }}
    />
  );
}
