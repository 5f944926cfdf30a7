import { Question } from "../design/question.tsx";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";

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
  user: { id, nickname },
  change,
  onClose,
  onChanged,
}: {
  readonly user: { readonly id: number; readonly nickname: string };
  readonly change: AccountChange;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}) {
  const tacit = useTacit();
  const toast = useToast();
  const { administration: t } = useTexts();
  const said = {
    disable: [t.disableTitle(nickname), t.disableDescription, t.disable, t.disabled(nickname)],
    enable: [t.enableTitle(nickname), t.enableDescription, t.enable, t.enabled(nickname)],
    promote: [t.promoteTitle(nickname), t.promoteDescription, t.promote, t.promoted(nickname)],
    demote: [t.demoteTitle(nickname), t.demoteDescription, t.demote, t.demoted(nickname)],
  } as const;
  const [title, description, action, done] = said[change];
  const apply = async () => {
    await tacit.admin.updateUser(id, CHANGES[change]);
    toast({ text: done });
    onChanged();
  };
  return <Question title={title} description={description} action={action} work={apply} onClose={onClose} />;
}
