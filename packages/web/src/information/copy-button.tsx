import { Copy } from "lucide-react";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import { useAct } from "./act.ts";

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const { common } = useTexts();
  const act = useAct();
  return (
    <IconButton
      label={label}
      onClick={() => void act(() => navigator.clipboard.writeText(text), common.copied)}
    >
      <Copy size={18} aria-hidden />
    </IconButton>
  );
}
