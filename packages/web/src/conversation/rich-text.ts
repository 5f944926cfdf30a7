import { LinkifyIt } from "linkify-it";

/** A stretch of a text, or a link in it. */
export type Span =
  | { readonly text: string }
  | {
      readonly text: string;
      /** http, https or mailto. */
      readonly href: string;
      /** The host as it really is, if the text shows letters that could stand for others. */
      readonly host: string | undefined;
    };

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false })
  .add("ftp:", null)
  .add("//", null);
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** Finds the links of a text. Nothing but http, https and mailto becomes one. */
export function spansOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of linkify.match(text) ?? []) {
    const link = linkOf(match.url);
    if (!link) continue;
    if (match.index > end) spans.push({ text: text.slice(end, match.index) });
    spans.push({ text: match.raw, ...link });
    end = match.lastIndex;
  }
  if (end < text.length) spans.push({ text: text.slice(end) });
  return spans;
}

function linkOf(address: string): { href: string; host: string | undefined } | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, href, hostname } = new URL(address);
  if (!ALLOWED.has(protocol)) return undefined;
  return { href, host: hostname.split(".").some((part) => part.startsWith("xn--")) ? hostname : undefined };
}

const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{FE0F}|[0-9#*]\u{FE0F}?\u{20E3})/u;

/** Whether a text is one to three emoji and nothing else. */
export function isEmojiAlone(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > 60) return false;
  const graphemes = [...segments.segment(trimmed)]
    .map(({ segment }) => segment)
    .filter((one) => one.trim() !== "");
  return graphemes.length <= 3 && graphemes.every((one) => EMOJI.test(one));
}
