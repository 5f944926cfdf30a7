import { expect, it } from "vitest";
import { suggestedUsername } from "./suggested-username.ts";

it.each([
  ["Anna Lind", "anna.lind"],
  ["  Zoë  d’Arc ", "zoë.d.arc"],
  ["Юлия Ёлкина", "юлия.ёлкина"],
  ["🦊", ""],
])("suggests for %s the username %s", (nickname, username) => {
  expect(suggestedUsername(nickname)).toBe(username);
});
