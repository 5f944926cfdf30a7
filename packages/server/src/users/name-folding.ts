/**
 * The form in which logins and names are compared: two that fold to the same text are the same. Computed here and
 * never by the database, whose folding depends on its locale and version.
 */
export function foldName(name: string): string {
  return name.trim().normalize("NFKC").toLowerCase();
}

/** The nickname of someone who chose none: the username's first `characters` code points. */
export function shortenName(username: string, characters: number): string {
  return [...username].slice(0, characters).join("").trim();
}
