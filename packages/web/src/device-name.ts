const BROWSERS = [
  ["Firefox", /Firefox\//],
  ["Edge", /Edg\//],
  ["Opera", /OPR\//],
  ["Chrome", /Chrome\//],
  ["Safari", /Safari\//],
] as const;
const SYSTEMS = [
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
] as const;

/** What the list of devices calls this one: `Chrome, Windows`. @param userAgent as the browser gives it */
export function deviceName(userAgent: string): string {
  const found = [BROWSERS, SYSTEMS].flatMap((names) => {
    const hit = names.find(([, pattern]) => pattern.test(userAgent));
    return hit ? [hit[0]] : [];
  });
  return found.join(", ") || "Browser";
}
