import { useSyncExternalStore } from "react";

/** What a person wants to be told of, on this device. */
export interface Preferences {
  /** Whether new messages are announced at all. */
  readonly isOn: boolean;
  /** Whether what they say is shown with it; others may look at the screen. */
  readonly showsText: boolean;
  /** Whether they are heard. */
  readonly hasSound: boolean;
}

const KEY = "tacit.notifications";
const DEFAULT: Preferences = { isOn: true, showsText: false, hasSound: true };

let known: { readonly kept: string | null; readonly preferences: Preferences } | undefined;
const listeners = new Set<() => void>();

/** What the person chose on this device, also in another tab. The same object until that changes. */
export function preferences(): Preferences {
  const kept = localStorage.getItem(KEY);
  if (known?.kept !== kept) known = { kept, preferences: read(kept) };
  return known?.preferences ?? DEFAULT;
}

/** Keeps a choice on this device. */
export function prefer(change: Partial<Preferences>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...preferences(), ...change }));
  for (const listener of listeners) listener();
}

/** What the person chose, as it changes. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
}

function read(kept: string | null): Preferences {
  try {
    const parsed: unknown = JSON.parse(kept ?? "{}");
    const choice = (name: keyof Preferences) => {
      const value: unknown =
        typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, name) : undefined;
      return typeof value === "boolean" ? value : DEFAULT[name];
    };
    return { isOn: choice("isOn"), showsText: choice("showsText"), hasSound: choice("hasSound") };
  } catch {
    return DEFAULT;
  }
}
