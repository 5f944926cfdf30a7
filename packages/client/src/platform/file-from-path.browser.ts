import { TacitError } from "../errors.ts";
import type { FileFromPath } from "./file-from-path.ts";

/** Pages get a `File` from the person, never a path. @throws TacitError `not_possible` */
export const fileFromPath: FileFromPath = async () => {
  throw new TacitError("not_possible", "A page cannot open files by their path.");
};
