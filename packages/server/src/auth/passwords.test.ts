import { expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

it("a password matches its own hash alone, in the exact form in which it was chosen", async () => {
  const passwords = await createPasswords(8);
  const hash = await passwords.hash("Zoë's password");
  expect(await passwords.verify(hash, "Zoë's password")).toBe(true);
  expect(await passwords.verify(hash, "zoë's password")).toBe(false);
  expect(await passwords.verify(null, "Zoë's password")).toBe(false);
  expect(await passwords.verify(undefined, "")).toBe(false);
});

it("two work and 200 wait; whoever comes then is told to come back", async () => {
  const passwords = await createPasswords(8);
  const all = Array.from({ length: 205 }, () => passwords.verify(null, "anything"));
  const settled = await Promise.allSettled(all);
  expect(settled.slice(0, 202).map(({ status }) => status)).toEqual(Array(202).fill("fulfilled"));
  for (const late of settled.slice(202)) {
    expect(late).toMatchObject({ status: "rejected", reason: { code: "busy", extras: { retryAfter: 5 } } });
  }
  expect(await passwords.verify(null, "anything")).toBe(false);
});
