import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { Choice } from "../settings/choice.tsx";
import { ErrorNote } from "../settings/error.tsx";
import { Buttons } from "../settings/part.tsx";
import { copyLink } from "./copy-link.ts";
import styles from "./invites.module.css";

const DAY = 86_400;
/** Seconds. */
const EXPIRIES = { day: DAY, week: 7 * DAY, month: 30 * DAY, never: undefined } as const;
type Expiry = keyof typeof EXPIRIES;
const EXPIRY_NAMES: readonly Expiry[] = ["day", "week", "month", "never"];
const MOST_USES = 1000;

/** Makes an invitation, and copies its link. */
export function NewInvite({ onCreated }: { readonly onCreated: () => void }) {
  const tacit = useTacit();
  const toast = useToast();
  const { administration: t } = useTexts();
  const [uses, setUses] = useState("1");
  const [expiry, setExpiry] = useState<Expiry>("week");
  const [isWrong, setWrong] = useState(false);
  const create = useTask(async (count: number) => {
    const expires_in = EXPIRIES[expiry];
    const { code } = await tacit.admin.createInvite({
      uses: count,
      ...(expires_in !== undefined && { expires_in }),
    });
    toast({ text: (await copyLink(code)) ? t.linkCreated : t.inviteCreated });
    onCreated();
  });
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const count = Number(uses);
        const isRight = Number.isInteger(count) && count >= 1 && count <= MOST_USES;
        setWrong(!isRight);
        if (isRight) void create.run(count);
      }}
    >
      <TextField
        label={t.uses}
        type="number"
        inputMode="numeric"
        min={1}
        max={MOST_USES}
        value={uses}
        onChange={({ target }) => {
          setUses(target.value);
          setWrong(false);
        }}
        error={isWrong ? t.usesRange : undefined}
      />
      <Choice
        label={t.expiry}
        options={EXPIRY_NAMES.map((value) => ({ value, label: t.expiries[value] }))}
        chosen={expiry}
        onChoose={setExpiry}
      />
      <ErrorNote error={create.error} />
      <Buttons>
        <Button type="submit" look="main" icon={<Plus size={18} aria-hidden />} isBusy={create.isRunning}>
          {t.createInvite}
        </Button>
      </Buttons>
    </form>
  );
}
