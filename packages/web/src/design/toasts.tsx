import { X } from "lucide-react";
import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";
import { useTexts } from "../language/language.tsx";
import { IconButton } from "./button.tsx";
import styles from "./toasts.module.css";

/** A sentence that comes and goes at the edge of the screen. */
export interface Toast {
  readonly text: string;
  /** Something that can be done about it, such as undoing. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** It stays until it is dismissed. */
  readonly stays?: boolean;
  readonly isAlert?: boolean;
}

type Shown = Toast & { readonly id: number };

/** Milliseconds: long enough to read a sentence and to reach its button. */
const SHOWN_FOR = 7000;

const ToastContext = createContext<(toast: Toast) => () => void>(() => () => undefined);

/** Says something at the edge of the screen. @returns a function that says it, which returns what takes it back */
export function useToast(): (toast: Toast) => () => void {
  return use(ToastContext);
}

/** Lets everything inside say things at the edge of the screen, to the eye and to a screen reader. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const texts = useTexts();
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const next = useRef(0);
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (toast: Toast) => {
      const id = next.current++;
      setShown((all) => [...all.slice(-2), { ...toast, id }]);
      if (!toast.stays) setTimeout(() => dismiss(id), SHOWN_FOR);
      return () => dismiss(id);
    },
    [dismiss],
  );
  return (
    <ToastContext value={useMemo(() => show, [show])}>
      {children}
      <div className={styles.stack} role="status" aria-live="polite">
        {shown.map(({ id, text, action, isAlert }) => (
          <div key={id} className={styles.toast} data-alert={isAlert || undefined}>
            <span className={styles.text}>{text}</span>
            {action ? (
              <button
                type="button"
                className={styles.action}
                onClick={() => {
                  action.run();
                  dismiss(id);
                }}
              >
                {action.label}
              </button>
            ) : null}
            <IconButton className={styles.close} label={texts.common.dismiss} onClick={() => dismiss(id)}>
              <X size={18} aria-hidden />
            </IconButton>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
