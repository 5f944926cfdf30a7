const OURS = "tacit.";
/** Of the device, whoever uses it. */
const OF_THE_DEVICE: readonly string[] = ["tacit.language", "tacit.theme", "tacit.text-size"];

/** Removes what this device remembers of a person outside of the account's storage: choices, emoji, faces of others. */
export function forgetPerson(): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(OURS) && !OF_THE_DEVICE.includes(key)) localStorage.removeItem(key);
  // The service worker keeps faces under this name.
  void globalThis.caches?.delete("avatars");
}
