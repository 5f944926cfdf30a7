import { TacitError } from "@tacit/client";
import { Button } from "../design/button.tsx";
import type { Device } from "../device.ts";
import type { Texts } from "../language/en/index.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { RemoveHere } from "./remove-here.tsx";
import { Lead, Screen } from "./screen.tsx";

/** The storage cannot be opened: why, and the way on. */
export function Failed({ device, error }: { readonly device: Device; readonly error: unknown }) {
  const language = useLanguage();
  const { common, entrance: t } = language.texts;
  const code = error instanceof TacitError ? error.code : undefined;
  const known = storeTrouble(code, t);
  return (
    <Screen title={known?.title ?? t.failedTitle} isFirst>
      <div role="alert">
        <Lead>{known?.text ?? errorText(error, language)}</Lead>
      </div>
      <Button look="main" isWide onClick={() => (known?.isFixable ? void device.open() : location.reload())}>
        {known?.isFixable ? common.retry : t.reload}
      </Button>
      {code === "store_damaged" || code === undefined ? (
        <RemoveHere device={device} look="quiet" label={t.removeHere} />
      ) : null}
    </Screen>
  );
}

/** `isFixable`: it can be mended while the page stays. */
function storeTrouble(code: string | undefined, t: Texts["entrance"]) {
  if (code === "store_in_use") return { title: t.inUseTitle, text: t.inUse, isFixable: true };
  if (code === "store_full") return { title: t.fullTitle, text: t.full, isFixable: true };
  if (code === "store_unavailable")
    return { title: t.unavailableTitle, text: t.unavailable, isFixable: false };
  if (code === "store_damaged") return { title: t.damagedTitle, text: t.damaged, isFixable: false };
  return undefined;
}
