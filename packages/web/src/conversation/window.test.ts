import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY, type Entry, trimmed, type Window, without, withSent, withUnsent } from "./window.ts";

interface Said extends Entry {
  readonly text: string;
}

const isSame = (one: Said, other: Said) => one.id === other.id && one.text === other.text;
const keysOf = ({ sent, unsent }: Window<Said>) => [...sent, ...unsent].map(({ key }) => key);

/** A chat as the device holds it, and what happens in it. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("queue" as const) }),
    fc.record({ kind: fc.constant("leave" as const), at: fc.nat(20) }),
    fc.record({ kind: fc.constant("arrive" as const) }),
    fc.record({ kind: fc.constant("edit" as const), at: fc.nat(40) }),
    fc.record({ kind: fc.constant("delete" as const), at: fc.nat(40) }),
    fc.record({
      kind: fc.constant("readPage" as const),
      from: fc.nat(40),
      count: fc.integer({ min: 1, max: 12 }),
    }),
    fc.record({ kind: fc.constant("readWaiting" as const) }),
  ),
  { maxLength: 60 },
);

describe("the window on a chat", () => {
  it("holds each message once and in order, whatever happens and in whatever order it is read", () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const stored = new Map<number, Said>();
        let waiting: Said[] = [];
        let next = 1;
        let window: Window<Said> = EMPTY;
        const at = (place: number) => [...stored.values()][place % Math.max(1, stored.size)];
        for (const event of happened) {
          const id = next++;
          if (event.kind === "queue") waiting.push({ id: undefined, key: `k${id}`, text: "mine" });
          if (event.kind === "arrive") stored.set(id, { id, key: `k${id}`, text: "theirs" });
          if (event.kind === "leave") {
            const [gone] = waiting.splice(event.at % Math.max(1, waiting.length), 1);
            if (gone) stored.set(id, { ...gone, id });
          }
          const about = event.kind === "edit" || event.kind === "delete" ? at(event.at) : undefined;
          if (about?.id !== undefined && event.kind === "edit")
            stored.set(about.id, { ...about, text: `edited ${id}` });
          if (about?.id !== undefined && event.kind === "delete") stored.delete(about.id);
          if (event.kind === "readPage")
            window = withSent(
              window,
              [...stored.values()].slice(event.from, event.from + event.count),
              isSame,
            );
          if (event.kind === "readWaiting") window = withUnsent(window, waiting, isSame);
          expect(new Set(keysOf(window)).size).toBe(keysOf(window).length);
        }
        // Once all is read, it says what the device says.
        const all = [...stored.values()].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
        const ids = new Set(window.sent.flatMap(({ id }) => (id !== undefined && !stored.has(id) ? id : [])));
        window = withUnsent(withSent(without(window, ids), all, isSame), waiting, isSame);
        expect([...window.sent, ...window.unsent]).toEqual([...all, ...waiting]);
        waiting = [];
      }),
    );
  });

  it("keeps the same object for what did not change, and itself if nothing did", () => {
    const one = { id: 1, key: "a", text: "a" };
    const two = { id: 2, key: "b", text: "b" };
    const window = withSent<Said>(EMPTY, [one, two], isSame);
    expect(withSent(window, [{ ...one }, { ...two }], isSame)).toBe(window);
    const edited = withSent(window, [{ ...two, text: "c" }], isSame);
    expect(edited.sent[0]).toBe(one);
    expect(edited.sent[1]).toEqual({ ...two, text: "c" });
    expect(withUnsent(window, [], isSame)).toBe(window);
    expect(without(window, new Set([7]))).toBe(window);
  });

  it("lets go of one end alone", () => {
    const said = Array.from({ length: 10 }, (_, at) => ({ id: at + 1, key: `${at}`, text: "" }));
    const window = withUnsent(
      withSent<Said>(EMPTY, said, isSame),
      [{ id: undefined, key: "w", text: "" }],
      isSame,
    );
    expect(trimmed(window, "oldest", 4).sent.map(({ id }) => id)).toEqual([7, 8, 9, 10]);
    expect(keysOf(trimmed(window, "newest", 4))).toEqual(["0", "1", "2", "3"]);
    expect(trimmed(window, "newest", 10)).toBe(window);
  });
});
