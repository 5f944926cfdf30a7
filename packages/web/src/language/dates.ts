const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The clock time: `14:05`, or `2:05 PM` where people write it so. */
export function timeText(at: Date, locale: string): string {
  return formatter(locale, { hour: "numeric", minute: "2-digit" }).format(at);
}

/** For a list: the time today, the weekday within a week, else the date. */
export function shortDateText(at: Date, locale: string, now = new Date()): string {
  const days = daysBetween(at, now);
  if (days <= 0) return timeText(at, locale);
  if (days < 7) return formatter(locale, { weekday: "short" }).format(at);
  if (at.getFullYear() === now.getFullYear())
    return formatter(locale, { day: "numeric", month: "short" }).format(at);
  return formatter(locale, { day: "2-digit", month: "2-digit", year: "2-digit" }).format(at);
}

/** For a separator of days: `Today`, `Yesterday`, `12 March`, with the year if it is another. */
export function dayText(at: Date, locale: string, now = new Date()): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1)
    return capitalised(new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day"), locale);
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return formatter(locale, { weekday: "long", day: "numeric", month: "long", ...year }).format(at);
}

/** Date and time in full, for who wants to know exactly. */
export function fullDateText(at: Date, locale: string): string {
  return formatter(locale, { dateStyle: "long", timeStyle: "short" }).format(at);
}

/** How long, in the largest unit that fits: `45 seconds`, `12 minutes`. */
export function durationText(milliseconds: number, locale: string): string {
  const [value, unit] =
    milliseconds < MINUTE
      ? ([milliseconds / 1000, "second"] as const)
      : milliseconds < HOUR
        ? ([milliseconds / MINUTE, "minute"] as const)
        : ([milliseconds / HOUR, "hour"] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.max(1, Math.ceil(value)),
  );
}

/** Minutes and seconds of a recording: `1:05`. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Octets as people say them: `3.4 MB`. */
export function sizeText(octets: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = octets < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(octets) / 3));
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[power] ?? "byte",
    // In short a single octet and many are both "byte".
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(octets / 1000 ** power);
}

/** Whole days from one local date to another. */
export function daysBetween(from: Date, to: Date): number {
  const start = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(to) - start(from)) / DAY);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter is slow, and a list needs one for every line. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(regional(locale), options);
  formatters.set(key, known);
  return known;
}

/** The language as it is written where the person lives: an English speaker in Europe has 24 hours. */
function regional(locale: string): string {
  return globalThis.navigator?.languages?.find((tag) => tag.split("-")[0] === locale) ?? locale;
}

const capitalised = (text: string, locale: string) =>
  text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
