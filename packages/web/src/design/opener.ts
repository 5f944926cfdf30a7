import { useRef } from "react";

/**
 * Remembers where the focus was when something opened over the rest, which Radix does only where it knows the button.
 * @returns what to do when it closes: for `onCloseAutoFocus`
 */
export function useOpener(isOpen: boolean): (event: Event) => void {
  const opener = useRef<Element>(null);
  const wasOpen = useRef(false);
  // While it is drawn, since a field inside may take the focus as soon as it is there.
  if (isOpen !== wasOpen.current) {
    if (isOpen) opener.current = document.activeElement;
    wasOpen.current = isOpen;
  }
  return (event) => {
    if (!(opener.current instanceof HTMLElement) || !opener.current.isConnected) return;
    event.preventDefault();
    opener.current.focus();
  };
}
