import { Note } from "../design/note.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";

/** Why something did not work; nothing if it did. */
export function ErrorNote({ error }: { readonly error: unknown }) {
  const language = useLanguage();
  return error ? <Note look="alert">{errorText(error, language)}</Note> : null;
}
