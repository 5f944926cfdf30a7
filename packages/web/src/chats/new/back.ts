import type { KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { routes } from "../../routes.ts";

/** The way back to the chats: a button, and Escape. */
export function useBack() {
  const [, navigate] = useLocation();
  const onBack = () => navigate(routes.home);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) onBack();
  };
  return { onBack, onKeyDown };
}
