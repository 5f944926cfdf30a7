/** A username to begin with, made of the name that others see anyway: `Anna Lind` gives `anna.lind`. */
export function suggestedUsername(nickname: string): string {
  const words = nickname
    .normalize("NFC")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return (words ?? []).join(".");
}
