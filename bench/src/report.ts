import type { Figure } from "./scenario.ts";

/** Prints what was measured, as Markdown that can go into RESULTS.md as it is. */
export function printReport(machine: readonly string[], figures: readonly Figure[]): void {
  const header = ["Figure", "Target", "Measured", "Ratio", "ok?"];
  const rows = figures.map(({ name, target = "", measured, ratio = "", ok }) => [
    name,
    target,
    measured,
    ratio,
    ok === undefined ? "" : ok ? "yes" : "NO",
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  console.log([...machine.map((fact) => `- ${fact}`), "", line(header), rule, ...rows.map(line)].join("\n"));
}

/** As "12,345". */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** As "0.62 of batched inserts". */
export function ratioOf(value: number, limit: number, what: string): string {
  return `${(value / limit).toFixed(2)} of ${what}`;
}

/** As "3.2 ms" or "0.41 ms". */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

/** As "85 MiB". */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
