import { expect, it } from "vitest";
import { passwordStrength, requireGoodPassword } from "./password-strength.ts";

const about = { login: "anna-login", username: "annabell", nickname: "Änne Müller" };
const weak = expect.objectContaining({ name: "TacitError", code: "weak_password" });

it.each([
  "password",
  "qwertyuiop1",
  "x".repeat(100),
  "anna-login",
  "annabell1",
  "Änne Müller",
  "12.08.1984",
  "tacit1234",
])("a password that is easy to guess gets no more than 2: %s", async (password) => {
  const { score, warning, suggestions } = await passwordStrength(password, about);
  expect(score).toBeLessThan(3);
  expect([warning, ...suggestions].some((hint) => hint !== null)).toBe(true);
  await expect(requireGoodPassword(password, about, {})).rejects.toEqual(weak);
  await requireGoodPassword(password, about, { acceptWeakPassword: true });
});

it.each([
  "correct horse battery staple",
  "x9$Lq!27vbTT",
  "привет мир как дела",
  "a".repeat(3).concat(crypto.randomUUID()),
])("a password that is hard to guess is taken: %s", async (password) => {
  expect((await passwordStrength(password, about)).score).toBeGreaterThanOrEqual(3);
  await requireGoodPassword(password, about, {});
});

it("forms of the same characters make a password no stronger", async () => {
  const wide = [..."password"].map((letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)).join("");
  expect((await passwordStrength(wide)).score).toBe((await passwordStrength("password")).score);
});

it("fewer than 8 characters are refused even from someone who insists", async () => {
  for (const password of ["", "x9$Lq!2", "👩‍🚀👩‍🚀".slice(0, 4)])
    await expect(requireGoodPassword(password, about, { acceptWeakPassword: true })).rejects.toEqual(weak);
});

it("more than 1,024 octets are refused, and are in no error", async () => {
  const password = "zanzibar".repeat(129);
  const error: unknown = await requireGoodPassword(password, about, {}).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "invalid_input" });
  expect(String(error)).not.toContain("zanzibar");
});

it("a password of a million characters, and names of as many, are judged in no time", async () => {
  const long = "4@8({[<3€6912!|1|7$57%2".repeat(50_000);
  await passwordStrength("warm", about);
  const begin = performance.now();
  await passwordStrength(long, { login: long, username: long, nickname: long });
  expect(performance.now() - begin).toBeLessThan(2_000);
});
