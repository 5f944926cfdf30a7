import { useEffect, useState } from "react";
import { useToast } from "./design/toasts.tsx";
import { watchForUpdate } from "./installing.ts";
import { useTexts } from "./language/language.tsx";

/** Says that a new version waits. It is taken when the person says so, or when all tabs have been closed. */
export function UpdateNotice() {
  const toast = useToast();
  const { common } = useTexts();
  const [apply, setApply] = useState<() => void>();
  useEffect(() => watchForUpdate((ready) => setApply(() => ready)), []);
  useEffect(() => {
    if (apply)
      return toast({
        text: common.updateReady,
        action: { label: common.updateNow, run: apply },
        stays: true,
      });
  }, [apply, toast, common]);
  return null;
}
