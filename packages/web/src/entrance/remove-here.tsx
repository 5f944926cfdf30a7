import { useState } from "react";
import { Button, type ButtonLook } from "../design/button.tsx";
import { ConfirmDialog } from "../design/dialog.tsx";
import type { Device } from "../device.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";

/** A button that removes everything from this device, after asking. */
export function RemoveHere({
  device,
  look,
  label,
}: {
  readonly device: Device;
  readonly look: ButtonLook;
  readonly label: string;
}) {
  const language = useLanguage();
  const { entrance: t } = language.texts;
  const [isAsking, setAsking] = useState(false);
  const removal = useTask(() => device.forget());
  return (
    <>
      <Button look={look} isWide onClick={() => setAsking(true)}>
        {label}
      </Button>
      <ConfirmDialog
        title={t.removeTitle}
        description={t.removeWhat}
        action={t.removeAction}
        isOpen={isAsking}
        isBusy={removal.isRunning}
        error={removal.error ? errorText(removal.error, language) : undefined}
        onConfirm={() => void removal.run()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
