import { MessageCircleOff } from "lucide-react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import styles from "./conversation.module.css";

/** A chat that I am not in. What was being written in it stays to be copied. */
export function Gone({ draft }: { readonly draft: string }) {
  const { conversation } = useTexts();
  const [, navigate] = useLocation();
  return (
    <Empty icon={<MessageCircleOff size={40} strokeWidth={1.5} aria-hidden />} title={conversation.gone}>
      <p>{conversation.goneHint}</p>
      {draft === "" ? null : (
        <figure>
          <figcaption>{conversation.unsentDraft}</figcaption>
          <p className={styles.kept} dir="auto">
            {draft}
          </p>
        </figure>
      )}
      <Button look="main" onClick={() => navigate(routes.home)}>
        {conversation.toChats}
      </Button>
    </Empty>
  );
}
