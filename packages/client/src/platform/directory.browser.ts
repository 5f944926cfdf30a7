import { TacitError } from "../errors.ts";
import type { OpenDirectory } from "./directory.ts";

/** @throws TacitError `store_unavailable`, always: a page has no directories. */
export const directory: OpenDirectory = () => {
  throw new TacitError("store_unavailable", "A browser gives a page no directory: use indexedDb()");
};
