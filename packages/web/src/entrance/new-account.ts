import type { Texts } from "../language/en/index.ts";
import type { ChosenPassword } from "./new-password.tsx";

/** What somebody enters for a new account. */
export interface NewAccount extends ChosenPassword {
  readonly nickname: string;
  readonly username: string;
  readonly login: string;
  readonly invite: string;
}

/** Characters, as the server counts them. */
const NAME = 64;
const NICKNAME = 32;

/** What is wrong with a new account before anybody is asked, by field. */
export function wrongInAccount(
  { nickname, username, login, password, invite }: NewAccount,
  needsInvite: boolean,
  t: Texts["entrance"],
) {
  const isPublic = login.toLowerCase() === username.toLowerCase();
  return {
    nickname: missing(nickname, t.enterNickname) ?? tooLong(nickname, NICKNAME, t.nicknameTooLong),
    username: missing(username, t.enterUsername) ?? tooLong(username, NAME, t.nameTooLong),
    login:
      missing(login, t.chooseLogin) ??
      tooLong(login, NAME, t.nameTooLong) ??
      (isPublic ? t.loginIsUsername : undefined),
    password: missing(password, t.choosePassword),
    invite: needsInvite ? missing(invite, t.enterInvite) : undefined,
  };
}

function missing(text: string, reason: string): string | undefined {
  return text === "" ? reason : undefined;
}

function tooLong(text: string, most: number, reason: string): string | undefined {
  return [...text.normalize("NFC")].length > most ? reason : undefined;
}
