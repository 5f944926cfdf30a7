/** How long, as it is said aloud: `1 minute 5 seconds`. */
export function spokenTime(milliseconds: number, locale: string): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const parts = [
    minutes > 0 ? unitOf(minutes, "minute", locale) : [],
    minutes === 0 || seconds % 60 > 0 ? unitOf(seconds % 60, "second", locale) : [],
  ];
  return parts.flat().join(" ");
}

function unitOf(count: number, unit: "minute" | "second", locale: string): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
