// Draws the app's icons from the mark: node packages/web/scripts/icons.mjs. What it writes is committed.
import { mkdir, writeFile } from "node:fs/promises";
import sharp from "sharp";

const PUBLIC = new URL("../public/", import.meta.url);

const VERDIGRIS = "#0e6656";
const PAPER = "#f3efe6";

/** A slip of paper with one sharp corner, as a message has it; on it a whole rest, in music the sign for silence. */
const MARK = `
  <path fill="${PAPER}" d="M40 27h48a22 22 0 0 1 22 22v34a22 22 0 0 1-22 22H18V49a22 22 0 0 1 22-22z"/>
  <path fill="${VERDIGRIS}" d="M34 51h60a4 4 0 0 1 0 8H84v16a5 5 0 0 1-5 5H49a5 5 0 0 1-5-5V59H34a4 4 0 0 1 0-8z"/>`;

/** @param {{ corner: number, scale: number }} shape */
function icon({ corner, scale }) {
  const away = (128 - 128 * scale) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">
  <title>Tacit</title>
  <rect width="128" height="128" rx="${corner}" fill="${VERDIGRIS}"/>
  <g transform="translate(${away} ${away - 2 * scale}) scale(${scale})">${MARK.replaceAll("\n", "\n  ")}
  </g>
</svg>
`;
}

const rounded = icon({ corner: 30, scale: 1 });
/** Systems cut these to a shape of their own: the mark keeps within the circle that is always left. */
const full = icon({ corner: 0, scale: 0.8 });

await mkdir(new URL("icons/", PUBLIC), { recursive: true });
await writeFile(new URL("favicon.svg", PUBLIC), rounded);
for (const [name, svg, size] of [
  ["192", rounded, 192],
  ["512", rounded, 512],
  ["maskable-512", full, 512],
  ["apple-touch", full, 180],
]) {
  const png = await sharp(Buffer.from(svg), { density: 600 }).resize(size).png({ palette: true }).toBuffer();
  await writeFile(new URL(`icons/${name}.png`, PUBLIC), png);
}
