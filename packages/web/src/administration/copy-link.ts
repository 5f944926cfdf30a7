import { routes } from "../routes.ts";

/** What somebody opens who is invited. */
export function linkOf(code: string): string {
  return `${location.origin}/#${routes.invite(code)}`;
}

/** Puts the link of an invitation where it can be pasted from. @returns whether the browser lets it */
export async function copyLink(code: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(linkOf(code));
    return true;
  } catch {
    return false;
  }
}
