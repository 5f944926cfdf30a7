import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { TacitError } from "../errors.ts";
import { directory } from "../store/directory.ts";
import { contentsOf, freshPath } from "../store/fixtures/place.ts";
import type { LocalStore } from "../store/local-store.ts";
import { memory } from "../store/memory.ts";
import { openStore } from "../store/open-store.ts";
import type { Storage } from "../store/storage.ts";
import { Library, type Said } from "./fixtures/library.ts";

async function open(storage: Storage): Promise<Library> {
  const store = await openStore(storage);
  onTestFinished(() => store.close());
  return new Library(store);
}

/** Texts of one chat, oldest first: their ids are 1, 2 and so on. */
async function withTexts(...texts: readonly string[]): Promise<Library> {
  const library = await open(memory());
  await library.say(...texts.map((text, at) => ({ id: at + 1, text })));
  return library;
}

async function restart(library: Library, storage: Storage): Promise<Library> {
  await library.store.close();
  return await open(storage);
}

const many = (count: number, text: string, firstId = 1): Said[] =>
  Array.from({ length: count }, (_, at) => ({ id: firstId + at, text: `${text} ${at}` }));

const partsOf = (store: LocalStore) => store.keys("index");
const waiting = (store: LocalStore) => store.keys("unindexed");

describe("words are found in whatever form they were typed", () => {
  test.each([
    ["Привет, ЁЛКА!", "елка"],
    ["Привет, елка!", "ёлк"],
    ["СЪЕЗД закончен", "съезд"],
    ["Grüße aus Köln", "koln grüsse"],
    ["Grüße aus Köln", "KÖLN"],
    ["Die STRASSE ist lang", "straße"],
    ["un café crème", "CAFE CREME"],
    ["cafe\u0301", "café"],
    ["Smørrebrød i Łódź", "smorrebrod lodz"],
    ["ΟΔΥΣΣΕΎΣ", "οδυσσευς"],
    ["İstanbul ve Iğdır", "istanbul igdir"],
    ["مُحَمَّد", "محمد"],
    ["שָׁלוֹם", "שלום"],
    ["हिन्दी दिल", "दिल"],
    ["서울에서 만나요", "서울"],
    ["ｆｕｌｌ ｗｉｄｔｈ ｶﾞｷﾞ", "full width ガギ"],
    ["don't stop", "don't"],
    ["see https://example.org/some/path?x=1", "example.org/some"],
    ["called IMG_20240101.jpg", "20240101"],
    ["party 🎉 tonight", "🎉"],
    ["I ❤️ you", "❤"],
    [
      "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
      "donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
    ],
  ])("%s <- %s", async (text, query) => {
    const library = await withTexts("something else", text);
    expect(await library.ids(query)).toEqual([2]);
  });

  test.each([
    ["我喜欢北京烤鸭", ["北京", "京烤", "烤鸭", "鸭", "我喜欢北京烤鸭", "喜欢 烤鸭"]],
    ["東京タワーに行きました", ["東京", "タワー", "行き", "京タ", "ﾀﾜｰ"]],
    ["ผมชอบกินข้าวผัด", ["ข้าว", "กิน", "ข้าวผัด", "กินข้"]],
    ["ខ្ញុំស្រលាញ់អ្នក", ["ស្រលាញ់"]],
    ["新しいiPhone手机2台", ["iphone", "手机", "2", "台"]],
  ])("any part of %s", async (text, queries) => {
    const library = await withTexts("まったく別 ไม่ใช่ 别的", text);
    for (const query of queries) expect([query, await library.ids(query)]).toEqual([query, [2]]);
  });

  test.each([
    ["我喜欢北京烤鸭", "鸭烤"],
    ["हिन्दी दल", "दिल"],
    ["カキ", "ガギ"],
    ["don", "donut"],
    ["one two", "one three"],
  ])("%s is not %s", async (text, query) => {
    const library = await withTexts(text);
    expect(await library.ids(query)).toEqual([]);
  });
});

test("all words have to be there, in any order, each at least in its beginning", async () => {
  const library = await withTexts(
    "the red house",
    "a red car",
    "house of cards, painted red",
    "redder housing",
  );
  expect(await library.ids("house red")).toEqual([3, 1]);
  expect(await library.ids("hous red")).toEqual([4, 3, 1]);
});

test("names of files are found", async () => {
  const library = await open(memory());
  await library.say({ id: 1, text: "", files: ["Quarterly Report 2026.pdf", "budget.xlsx"] });
  expect(await library.ids("report pdf")).toEqual([1]);
  expect(await library.ids("budget")).toEqual([1]);
});

test("slightly other words are found after the right ones, however new", async () => {
  const library = await withTexts("my message", "my massage", "messages, all of them", "a mess", "no mesage");
  expect(await library.ids("message")).toEqual([3, 1, 5, 2]);
  expect(await library.ids("recieve")).toEqual([]);
  await library.say({ id: 9, text: "did you receive it in 2025, Anna?" });
  expect(await library.ids("recieve")).toEqual([9]);
  expect(await library.ids("20251")).toEqual([]);
  expect(await library.ids("anne")).toEqual([]);
});

test("the newest come first, in all chats, in one, or of one person", async () => {
  const library = await open(memory());
  await library.say(
    { id: 5, text: "lunch?", chatId: 1, senderId: 7 },
    { id: 3, text: "lunch!", chatId: 2, senderId: 8 },
    { id: 8, text: "lunch.", chatId: 1, senderId: 8 },
  );
  expect(await library.ids("lunch")).toEqual([8, 5, 3]);
  expect(await library.ids("lunch", { chatId: 1 })).toEqual([8, 5]);
  expect(await library.ids("lunch", { senderId: 8 })).toEqual([8, 3]);
  expect(await library.ids("lunch", { chatId: 2, senderId: 7 })).toEqual([]);
  const [hit] = await library.search.find("lunch", { chatId: 2 });
  expect(hit).toEqual({ chatId: 2, messageId: 3, score: expect.any(Number) });
});

test("pages follow each other without gap or repetition, through the slightly other words too", async () => {
  const library = await open(memory());
  await library.say(...many(30, "parliament"), ...many(25, "parlament", 31), ...many(20, "parliaments", 61));
  const whole = await library.ids("parliament", { limit: 1000 });
  expect(whole).toHaveLength(75);
  const paged: number[] = [];
  for (;;) {
    const before = paged.at(-1);
    const page = await library.ids("parliament", { limit: 7, ...(before !== undefined && { before }) });
    paged.push(...page);
    if (page.length < 7) break;
  }
  expect(paged).toEqual(whole);
  await library.delete(70, 1000);
  expect(await library.ids("parliament", { before: 70, limit: 3 })).toEqual([69, 68, 67]);
});

test("an edited message is found by its new words alone, a deleted one not at all", async () => {
  const library = await withTexts("apples", "pears", "cherries");
  expect(await library.ids("apples")).toEqual([1]);
  await library.say({ id: 1, text: "plums", seq: 10 });
  await library.delete(2, 11);
  expect(await library.ids("apples")).toEqual([]);
  expect(await library.ids("pears")).toEqual([]);
  expect(await library.ids("plums")).toEqual([1]);
  await library.say({ id: 3, text: "", seq: 12 });
  expect(await library.ids("cherries")).toEqual([]);
});

test("a chat that is gone takes its messages out of the search, written index or not", async () => {
  const storage = memory();
  const library = await open(storage);
  await library.say(...many(300, "secret plan"), { id: 900, text: "secret of mine", chatId: 2 });
  expect(await library.ids("secret", { limit: 2 })).toEqual([900, 300]);
  await library.drop(1);
  expect(await library.ids("secret")).toEqual([900]);
  const again = await restart(library, storage);
  expect(await again.ids("secret")).toEqual([900]);
});

test("what was said before a crash is found after it, though the index had not been written", async () => {
  const storage = memory();
  const library = await open(storage);
  await library.say(...many(300, "written"));
  expect(await library.ids("written")).toHaveLength(50);
  await library.say({ id: 1001, text: "Krakatau" }, { id: 5, text: "Vesuvius", seq: 2000 });
  expect(await library.ids("krakatau")).toEqual([1001]);
  expect(await waiting(library.store)).not.toEqual([]);
  const again = await restart(library, storage);
  expect(await again.ids("krakatau")).toEqual([1001]);
  expect(await again.ids("vesuvius")).toEqual([5]);
  expect(await again.ids("written", { limit: 1000 })).toHaveLength(299);
});

test("once much has changed, the index is written, and nothing of it is taken in again", async () => {
  const storage = memory();
  const library = await open(storage);
  await library.say(...many(1999, "word"));
  await library.search.tidy();
  expect(await partsOf(library.store)).toEqual([]);
  await library.say({ id: 5000, text: "one more" });
  await library.search.tidy();
  expect(await partsOf(library.store)).toHaveLength(1);
  expect(await waiting(library.store)).toEqual([]);
  const again = await restart(library, storage);
  expect(await again.ids("more")).toEqual([5000]);
});

test("other work gets its turn while thousands of messages are taken in", async () => {
  const library = await open(memory());
  await library.say(...many(5000, "word"));
  const ends: string[] = [];
  const search = library.ids("word").then(() => ends.push("search"));
  const begun = library.turns.take(async () => undefined);
  await begun;
  for (let i = 0; i < 3; i++) await library.turns.take(async () => void ends.push("other work"));
  await search;
  expect(ends).toEqual(["other work", "other work", "other work", "search"]);
});

test("searches and tidying at the same time find the same", async () => {
  const library = await open(memory());
  await library.say(...many(3000, "word"));
  const [first, , second] = await Promise.all([
    library.ids("word"),
    library.search.tidy(),
    library.ids("word"),
  ]);
  expect(first).toHaveLength(50);
  expect(second).toEqual(first);
  expect(await waiting(library.store)).toEqual([]);
});

describe("an index that cannot be used is made anew", () => {
  const damages: Readonly<Record<string, (store: LocalStore) => Promise<void>>> = {
    "of another release": (store) =>
      store.write((changes) => changes.put("index", ["shard-000000"], { version: 0, index: {} })),
    "of a release with other parts": (store) =>
      store.write((changes) => changes.put("index", ["part-7"], { version: 1, index: {} })),
    "with a part that makes no sense": (store) =>
      store.write((changes) => changes.put("index", ["shard-000000"], { version: 1, index: { index: 5 } })),
    "with a part that is missing": (store) =>
      store.write((changes) => changes.remove("index", ["shard-000000"])),
  };
  test.each(Object.entries(damages))("%s", async (_, damage) => {
    const storage = memory();
    const library = await open(storage);
    await library.say(...many(2600, "word"));
    await library.ids("word");
    expect(await partsOf(library.store)).toHaveLength(2);
    await damage(library.store);
    const again = await restart(library, storage);
    expect(await again.ids("word", { limit: 2 })).toEqual([2600, 2599]);
    expect(await again.ids("word 0")).toEqual([1]);
    expect((await partsOf(again.store)).map(String)).toEqual(["shard-000000", "shard-000001"]);
  });

  test("with a part that does not open", async () => {
    const storage = directory(await freshPath());
    const library = await open(storage);
    await library.say(...many(300, "word"));
    await library.ids("word");
    await library.store.close();
    const { records, sealer } = await storage.open();
    const [key] = await records.keys({ from: "index!", to: "index~" });
    await records.write([{ key: key ?? "", value: await sealer.seal(new Uint8Array(9), "elsewhere") }]);
    await records.close();
    const again = await open(storage);
    expect(await again.ids("word 7", { limit: 1000 })).toContain(8);
    expect(await waiting(again.store)).toEqual([]);
  });
});

test("a device without room still searches", async () => {
  let full = false;
  const place = memory();
  const storage: Storage = {
    ...place,
    open: async () => {
      const { records, sealer } = await place.open();
      const write: typeof records.write = async (...args) => {
        if (full) throw new TacitError("store_full", "This device has no room left");
        await records.write(...args);
      };
      const get: typeof records.get = (keys) => records.get(keys);
      const range: typeof records.range = (bounds) => records.range(bounds);
      const keys: typeof records.keys = (bounds) => records.keys(bounds);
      return { records: { write, get, range, keys, close: () => records.close() }, sealer };
    },
  };
  const library = await open(storage);
  await library.say(...many(600, "word"));
  full = true;
  expect(await library.ids("word 599")).toEqual([600]);
  expect(await partsOf(library.store)).toEqual([]);
  full = false;
  expect(await library.ids("word 599")).toEqual([600]);
});

test("nothing that was said can be read on the disk, nor can the index", async () => {
  const path = await freshPath();
  const library = await open(directory(path));
  await library.say(...many(300, "Kassiopeia"));
  expect(await library.ids("kassiopeia")).toHaveLength(50);
  expect(await partsOf(library.store)).toHaveLength(1);
  await library.store.close();
  const contents = await contentsOf(path);
  const all = contents
    .map(({ octets }) =>
      Buffer.from(octets ?? [])
        .toString("latin1")
        .toLowerCase(),
    )
    .join();
  expect(all).toContain("shard-000000");
  expect(all).not.toContain("kassiopeia");
  expect(all).not.toContain("assiop");
});

describe("queries of all kinds", () => {
  test.each([
    "",
    " ",
    '"',
    '""',
    "---",
    "* OR 1=1",
    "\\",
    "\u0000",
    "\u0301",
    "\ud800",
    "__proto__",
    "constructor",
  ])("%j fails nothing", async (query) => {
    const library = await withTexts("something else");
    expect(await library.ids(query)).toEqual([]);
  });

  test("quotes and signs around words change nothing", async () => {
    const library = await withTexts('she said "hello world"', "the constructor of __proto__");
    for (const query of ['"hello world"', "+hello -world", "(hello) && world*", "'hello'"])
      expect(await library.ids(query)).toEqual([1]);
    expect(await library.ids("__proto__ constructor")).toEqual([2]);
  });

  test("a huge one is cut", async () => {
    const library = await withTexts(`${"word ".repeat(400)}end`);
    expect(await library.ids("word ".repeat(1_000_000))).toEqual([1]);
    expect(await library.ids(`${"word ".repeat(300)}missing`)).toEqual([1]);
    expect(await library.ids("x".repeat(100_000))).toEqual([]);
    expect(await library.ids("word", { limit: -1 })).toEqual([]);
    expect(await library.ids("word", { limit: Number.POSITIVE_INFINITY })).toEqual([1]);
  });

  test("none fails, whatever it consists of", async () => {
    const library = await withTexts("something else", "東京 ก้าว");
    const text = fc.string({ unit: "binary", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, async (query) => {
        await library.say({ id: 3, text: query, seq: Math.random() });
        const found = await library.ids(query);
        if (/^[\p{L}\p{N}]+$/u.test(query)) expect(found).toContain(3);
      }),
      { numRuns: 300 },
    );
  });
});

test("thousands of edits leave neither old words nor a broken index", async () => {
  const library = await open(memory());
  const texts = (round: number) =>
    Array.from({ length: 800 }, (_, at) => ({
      id: 1 + at,
      seq: 1 + at + round * 1000,
      text: [1, 3, 7].map((step) => `r${round}x${(at * step * 7919).toString(36)}`).join(" "),
    }));
  for (let round = 0; round < 8; round++) {
    await library.say(...texts(round));
    const [first] = texts(round);
    expect(await library.ids(first?.text ?? "", { limit: 1 })).not.toEqual([]);
    expect(await library.ids("r0x")).toHaveLength(round === 0 ? 50 : 0);
  }
  for (const { id, text } of texts(7)) expect(await library.ids(text, { limit: 1000 })).toContain(id);
  for (const { text } of texts(6).slice(0, 50)) expect(await library.ids(text, { limit: 0 })).toEqual([]);
});

const WORDS = ["alpha", "beta", "gamma", "delta", "epsilon"];
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("say" as const),
      id: fc.integer({ min: 1, max: 150 }),
      words: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), id: fc.integer({ min: 1, max: 150 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("search" as const), word: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);
const wordOf = (at: number) => `${WORDS[at % WORDS.length]}${at}x`;

test("after any edits, deletions and restarts what is found is what is there", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (steps) => {
      const storage = memory();
      let library = new Library(await openStore(storage));
      const there = new Map<number, string>();
      // So many that the index is written.
      const first = many(260, "omega", 1000);
      await library.say(...first);
      let seq = 5000;
      for (const one of steps) {
        seq += 1;
        if (one.kind === "say") {
          const text = one.words.map(wordOf).join(" ");
          await library.say({ id: one.id, text, seq });
          there.set(one.id, text);
        } else if (one.kind === "delete") {
          await library.delete(one.id, seq);
          there.delete(one.id);
        } else if (one.kind === "restart") {
          await library.store.close();
          library = new Library(await openStore(storage));
        } else {
          const wanted = [...there].filter(([, text]) => text.split(" ").includes(wordOf(one.word)));
          const ids = wanted.map(([id]) => id).sort((a, b) => b - a);
          expect(await library.ids(wordOf(one.word), { limit: 1000 })).toEqual(ids);
        }
      }
      await library.store.close();
    }),
    { numRuns: 20 },
  );
});
