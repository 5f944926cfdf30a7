import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";

/**
 * Does what a button says at once; if that fails, the reason and "try again" come up at the edge of the screen.
 * @returns a function that does it, and says `done` when it is
 */
export function useAct(): (work: () => Promise<unknown>, done?: string) => Promise<void> {
  const toast = useToast();
  const language = useLanguage();
  const act = async (work: () => Promise<unknown>, done?: string): Promise<void> => {
    try {
      await work();
      if (done) toast({ text: done });
    } catch (error) {
      const again = { label: language.texts.common.retry, run: () => void act(work, done) };
      toast({ text: errorText(error, language), isAlert: true, action: again });
    }
  };
  return act;
}
