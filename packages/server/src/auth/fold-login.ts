import { foldName } from "../users/name-folding.ts";

/** UTF-16 units: far more than 64 characters take in any spelling. */
const LONGEST_LOGIN = 1_024;

/**
 * The form in which logins are compared and counted. One that nobody can have stays as it is: folding takes
 * time that grows with the square of a run of combining marks, minutes for a body full of them.
 */
export function foldLogin(login: string): string {
  return login.length > LONGEST_LOGIN ? login : foldName(login);
}
