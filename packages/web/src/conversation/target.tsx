import type { Message } from "@tacit/client";
import { createContext, type ReactNode, use, useMemo, useState } from "react";

/** What the next thing that is written is about: a message that it answers, or whose text it replaces. */
export type Target =
  | { readonly kind: "reply"; readonly message: Message }
  | { readonly kind: "edit"; readonly message: Message };

interface TargetState {
  readonly target: Target | undefined;
  readonly setTarget: (target: Target | undefined) => void;
}

const TargetContext = createContext<TargetState | undefined>(undefined);

/** Shares between the messages and the composer of a conversation what is answered or edited. */
export function TargetProvider({ children }: { readonly children: ReactNode }) {
  const [target, setTarget] = useState<Target>();
  return <TargetContext value={useMemo(() => ({ target, setTarget }), [target])}>{children}</TargetContext>;
}

/** What is answered or edited in this conversation. */
export function useTarget(): TargetState {
  const state = use(TargetContext);
  if (!state) throw new Error("There is no TargetProvider around this.");
  return state;
}
