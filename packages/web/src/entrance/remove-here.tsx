import { useState } from "react";
import { Button, type ButtonLook } from "../design/button.tsx";
import { Question } from "../design/question.tsx";
import type { Device } from "../device.ts";
import { useTexts } from "../language/language.tsx";

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
  const { entrance: t } = useTexts();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button look={look} isWide onClick={() => setAsking(true)}>
        {label}
      </Button>
      {isAsking ? (
        <Question
          title={t.removeTitle}
          description={t.removeWhat}
          action={t.removeAction}
          work={() => device.forget()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
