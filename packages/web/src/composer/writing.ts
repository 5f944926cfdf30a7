import type { Draft } from "@tacit/client";
import type { Target } from "../conversation/target.tsx";

/** What a new text is about. */
export interface About {
  readonly kind: Target["kind"];
  /** Of the message; `undefined` until it is sent. */
  readonly id: number | undefined;
  /** The text that is edited, once it is known. */
  readonly original?: string;
}

/** What stands in the field. */
export interface Writing {
  readonly text: string;
  readonly about?: About | undefined;
  /** What stood there before something was edited; it comes back after that. */
  readonly aside?: Draft["aside"] | undefined;
}

/** Nothing is written. */
export const NOTHING: Writing = { text: "" };

/** What was kept, as it goes on. */
export function resumed(draft: Draft | undefined): Writing {
  if (!draft) return NOTHING;
  const { text, replyToId, editsId, aside } = draft;
  if (editsId !== undefined) return { text, about: { kind: "edit", id: editsId }, aside };
  const all = joined([aside?.text, text]);
  return replyToId === undefined ? { text: all } : { text: all, about: { kind: "reply", id: replyToId } };
}

/** The field after something else is to be answered or edited, or nothing any more. */
export function turnedTo(writing: Writing, target: Target | undefined): Writing {
  const about = target && aboutOf(target);
  if (about && isSame(writing.about, about)) return { ...writing, about };
  const before = withoutEdit(writing);
  if (about?.kind !== "edit") {
    const isBack = writing.about?.kind === "edit" && !about;
    return isBack ? before : { ...before, about };
  }
  const { text } = before;
  const replyToId = before.about?.id;
  const aside = text ? { text, ...(replyToId !== undefined && { replyToId }) } : undefined;
  return { text: about.original ?? "", about, aside };
}

/** The field after the message that it is about turned out to be gone: nothing that was typed goes with it. */
export function withoutTarget(writing: Writing): Writing {
  return { text: joined([writing.aside?.text, writing.text]) };
}

/** What to keep of it, and of texts that are just being sent: the same field can be made of it again. */
export function draftOf({ text, about, aside }: Writing, sending: readonly Writing[] = []): Draft | null {
  if (about?.kind === "edit" && text === about.original)
    return draftOf({ text: aside?.text ?? "", about: replyTo(aside?.replyToId) }, sending);
  const all = joined([...sending.map((one) => one.text), text]);
  const [id, kind] = [about?.id ?? sending[0]?.about?.id, about?.kind ?? "reply"];
  if (!all && kind === "reply") return null;
  if (kind === "edit")
    return { text: all, ...(id !== undefined && { editsId: id }), ...(aside && { aside }) };
  return { text: all, ...(id !== undefined && { replyToId: id }) };
}

/** The field with a text back in it that could not be sent. */
export function withBack(writing: Writing, failed: Writing): Writing {
  if (writing.about?.kind === "edit") {
    const { aside } = writing;
    return { ...writing, aside: { ...aside, text: joined([failed.text, aside?.text]) } };
  }
  return { text: joined([failed.text, writing.text]), about: writing.about ?? failed.about };
}

/** What of a target is kept. */
function aboutOf({ kind, message }: Target): About {
  return kind === "edit" ? { kind, id: message.id, original: message.text } : { kind, id: message.id };
}

/** What was there before the edit. */
function withoutEdit(writing: Writing): Writing {
  if (writing.about?.kind !== "edit") return writing;
  return { text: writing.aside?.text ?? "", about: replyTo(writing.aside?.replyToId) };
}

const replyTo = (id: number | undefined): About | undefined =>
  id === undefined ? undefined : { kind: "reply", id };

const isSame = (one: About | undefined, other: About) =>
  one?.kind === other.kind && one.id === other.id && other.id !== undefined;

const joined = (texts: readonly (string | undefined)[]) => texts.filter(Boolean).join("\n");
