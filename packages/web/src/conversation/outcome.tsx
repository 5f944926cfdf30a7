import { type Message, TacitError } from "@tacit/client";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";
import styles from "./bubble.module.css";
import { useSetting } from "./deeds.tsx";

/** Why a message is not out, and what can be done about it. */
export function Outcome({ message }: { readonly message: Message }) {
  const language = useLanguage();
  const { conversation } = language.texts;
  const { deeds } = useSetting();
  const retry = useTask(async () => await message.retry());
  const discard = useTask(async () => await message.discard());
  if (message.state !== "failed" && message.state !== "held") return null;
  const { failure, state } = message;
  const reason = failure ? errorText(new TacitError(failure.code, failure.message), language) : "";
  return (
    <div className={styles.outcome}>
      <span>{state === "held" ? conversation.held : reason || conversation.changeFailed}</span>
      <span className={styles.outcomeButtons}>
        {state === "held" ? (
          <button type="button" onClick={deeds.openInformation}>
            {conversation.heldDecide}
          </button>
        ) : (
          <button type="button" onClick={() => void retry.run()}>
            {conversation.retry}
          </button>
        )}
        <button type="button" onClick={() => void discard.run()}>
          {conversation.discard}
        </button>
      </span>
    </div>
  );
}
