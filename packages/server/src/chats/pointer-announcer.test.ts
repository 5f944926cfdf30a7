import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPointerAnnouncer, type Movements } from "./pointer-announcer.ts";

const CHAT = 1;
const WINDOW = 250;

interface Announced {
  readonly userId: number;
  readonly movements: Movements;
}

let announced: Announced[];
let announcer: ReturnType<typeof createPointerAnnouncer>;

beforeEach(() => {
  vi.useFakeTimers();
  announced = [];
  announcer = createPointerAnnouncer(async (_, userId, movements) => {
    announced.push({ userId, movements });
  });
});
afterEach(async () => {
  await announcer.close();
  vi.useRealTimers();
});

const read = (userId: number, from: number, to: number) =>
  announcer.moved(CHAT, userId, "read", { from, to });

test("the first movement is announced at once, the latest of each window at its end, and silence costs nothing", () => {
  read(7, 0, 1);
  expect(announced).toEqual([{ userId: 7, movements: { read: { from: 0, to: 1 } } }]);
  read(7, 1, 2);
  read(7, 2, 5);
  vi.advanceTimersByTime(WINDOW - 1);
  expect(announced).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(announced[1]).toEqual({ userId: 7, movements: { read: { from: 1, to: 5 } } });
  read(7, 5, 6);
  vi.advanceTimersByTime(WINDOW);
  expect(announced).toHaveLength(3);
  vi.advanceTimersByTime(WINDOW);
  expect(announced).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("a movement that is heard of late does not take the pointer back", () => {
  read(7, 0, 1);
  read(7, 3, 9);
  read(7, 1, 3);
  vi.advanceTimersByTime(WINDOW);
  expect(announced[1]?.movements).toEqual({ read: { from: 1, to: 9 } });
});

test("both pointers of a member wait together", () => {
  read(7, 0, 1);
  announcer.moved(CHAT, 7, "delivered", { from: 1, to: 4 });
  read(7, 1, 2);
  vi.advanceTimersByTime(WINDOW);
  expect(announced[1]?.movements).toEqual({ read: { from: 1, to: 2 }, delivered: { from: 1, to: 4 } });
});

test("members of a small chat, and different chats, do not wait for each other", () => {
  for (let userId = 1; userId <= 50; userId += 1) read(userId, 0, 1);
  announcer.moved(CHAT + 1, 51, "read", { from: 0, to: 1 });
  expect(announced).toHaveLength(51);
});

test("a thousand readers at once are announced in the order in which they came, two hundred a second, and none is lost", () => {
  for (let userId = 1; userId <= 1000; userId += 1) read(userId, 0, 1);
  expect(announced).toHaveLength(50);
  vi.advanceTimersByTime(1000);
  expect(announced).toHaveLength(250);
  // Someone who was announced already stands at the end of the queue.
  read(1, 1, 2);
  vi.advanceTimersByTime(4000);
  expect(announced.map(({ userId }) => userId)).toEqual([
    ...Array.from({ length: 1000 }, (_, index) => index + 1),
    1,
  ]);
});

test("what still waits when the server stops is announced before it does", async () => {
  read(7, 0, 1);
  read(7, 1, 2);
  await announcer.close();
  expect(announced).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});
