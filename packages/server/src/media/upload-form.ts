import {
  compileTextValidator,
  EarlyUploadFields,
  LIMITS,
  UploadFields,
  type Validated,
} from "@tacit/protocol";
import { invalidField } from "../errors.ts";
import type { FormFile, FormLimits } from "../http/multipart.ts";
import { chooseFilename, chooseMimetype } from "./names.ts";
import type { UploadDescription } from "./uploads.ts";

/** The form of `POST /media`. */
export const UPLOAD_FORM: FormLimits = { fileField: "file", fieldBytes: 4 * LIMITS.filenameCharacters };

type Fields = Readonly<Record<string, string>>;

const validate = compileTextValidator(UploadFields);
const validateEarly = compileTextValidator(EarlyUploadFields);

/** What the fields before the file say. @throws {TacitError} `invalid_input` that names the field. */
export function readEarlyFields(fields: Fields): EarlyUploadFields {
  return requireValid(validateEarly(fields));
}

/** What a whole form says about its file. @throws {TacitError} `invalid_input` that names the field. */
export function readUploadFields(
  fields: Fields,
  part: Pick<FormFile, "filename" | "mimetype">,
): UploadDescription {
  const { chat_id, filename, mimetype } = requireValid(validate(fields));
  return {
    chatId: chat_id,
    filename: chooseFilename(filename, part.filename),
    mimetype: chooseMimetype(mimetype, part.mimetype),
  };
}

function requireValid<T>(validated: Validated<T>): T {
  if (validated.valid) return validated.value;
  const [violation] = validated.violations;
  throw invalidField(violation?.path ?? "/", violation?.message ?? "is wrong");
}
