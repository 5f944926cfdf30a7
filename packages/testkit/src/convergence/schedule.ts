import fc from "fast-check";

/** Numbers in an operation are taken modulo what there is to choose from when its turn comes. */
export type Operation =
  | { readonly does: "send"; readonly chat: number; readonly sealed: boolean; readonly reply: number | null }
  | { readonly does: "send and drop"; readonly chat: number; readonly sealed: boolean }
  | { readonly does: "edit"; readonly message: number; readonly sealed: boolean }
  | { readonly does: "delete"; readonly message: number }
  | { readonly does: "forward"; readonly message: number; readonly chat: number; readonly sealed: boolean }
  | { readonly does: "read" | "delivered"; readonly chat: number; readonly message: number | null }
  | { readonly does: "add"; readonly chat: number; readonly whom: number; readonly role: "member" | "admin" }
  | { readonly does: "remove"; readonly chat: number; readonly whom: number }
  | { readonly does: "role"; readonly chat: number; readonly whom: number; readonly role: "member" | "admin" }
  | { readonly does: "hand over"; readonly chat: number; readonly whom: number }
  | { readonly does: "leave" | "delete for all"; readonly chat: number }
  | { readonly does: "open"; readonly whom: number }
  | {
      readonly does: "make";
      readonly kind: "group" | "channel";
      readonly encrypted: boolean;
      readonly whom: readonly number[];
    }
  | { readonly does: "title"; readonly chat: number }
  | { readonly does: "favorite" | "archive"; readonly chat: number; readonly on: boolean }
  | { readonly does: "disconnect"; readonly abruptly: boolean }
  | { readonly does: "connect"; readonly limit: number | null };

/** An operation and whose device carries it out. */
export interface Step {
  readonly person: number;
  readonly device: number;
  readonly operation: Operation;
}

const INITIAL_CHATS = ["open group", "private", "sealed group", "sealed private", "channel"] as const;
/** A chat that is there from the start. */
export type InitialChat = (typeof INITIAL_CHATS)[number];

/** What happens, one burst after the other. */
export interface Schedule {
  /** Devices of each person; the first of each is always there. */
  readonly devices: readonly number[];
  /** The chats that there are from the start: few, so that much happens in each. */
  readonly chats: readonly InitialChat[];
  readonly bursts: readonly Burst[];
}

/** Steps that happen all at once. */
export interface Burst {
  /** A while after the burst before: longer than a cursor reaches back. */
  readonly isLater: boolean;
  readonly steps: readonly Step[];
}

/** From this number on a chat is chosen from all that ever were, below it from those that the device has. */
export const ANY_CHAT = 920;

const index = fc.nat({ max: 999 });
const role = fc.constantFrom("member" as const, "admin" as const);
const chat = index;
const sealed = fc.boolean();

function operation<D extends Operation["does"], F extends object>(
  weight: number,
  does: D,
  fields: { [K in keyof F]: fc.Arbitrary<F[K]> },
) {
  return {
    weight,
    arbitrary: fc.record({
      does: fc.constant(does),
      ...fields,
    }) as fc.Arbitrary<unknown> as fc.Arbitrary<Operation>,
  };
}

const operations: fc.Arbitrary<Operation> = fc.oneof(
  operation(24, "send", { chat, sealed, reply: fc.option(index, { freq: 3 }) }),
  operation(4, "send and drop", { chat, sealed }),
  operation(12, "edit", { message: index, sealed }),
  operation(6, "delete", { message: index }),
  operation(4, "forward", { message: index, chat, sealed }),
  operation(7, "read", { chat, message: fc.option(index) }),
  operation(5, "delivered", { chat, message: fc.option(index) }),
  operation(8, "add", { chat, whom: index, role }),
  operation(6, "remove", { chat, whom: index }),
  operation(4, "role", { chat, whom: index, role }),
  operation(2, "hand over", { chat, whom: index }),
  operation(4, "leave", { chat }),
  operation(1, "delete for all", { chat }),
  operation(4, "open", { whom: index }),
  operation(1, "make", {
    kind: fc.constantFrom("group" as const, "channel" as const),
    encrypted: fc.boolean(),
    whom: fc.array(index, { maxLength: 3 }),
  }),
  operation(3, "title", { chat }),
  operation(2, "favorite", { chat, on: fc.boolean() }),
  operation(2, "archive", { chat, on: fc.boolean() }),
  operation(6, "disconnect", { abruptly: fc.boolean() }),
  operation(12, "connect", { limit: fc.option(fc.integer({ min: 1, max: 7 })) }),
);

/** Any schedule of three or four people with up to three devices each. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  devices: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 4 }),
  chats: fc.subarray([...INITIAL_CHATS], { minLength: 1, maxLength: 3 }),
  bursts: fc.array(
    fc.record({
      isLater: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
      steps: fc.array(
        fc.record({ person: fc.nat({ max: 11 }), device: fc.nat({ max: 5 }), operation: operations }),
        { minLength: 1, maxLength: 7, size: "max" },
      ),
    }),
    { minLength: 3, maxLength: 40, size: "max" },
  ),
});
