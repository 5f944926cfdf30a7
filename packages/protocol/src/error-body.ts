import type { Static } from "typebox";
import * as Type from "typebox";
import { ERRORS, type ErrorCode } from "./errors.ts";

/** Every published error code. */
export const ErrorCodeSchema = Type.Enum(Object.keys(ERRORS) as ErrorCode[], { component: "ErrorCode" });

/** The fields that are not valid. */
export const ErrorDetails = Type.Array(
  Type.Object({
    path: Type.String({ description: "JSON pointer (RFC 6901) to the field; `/` for the whole." }),
    message: Type.String(),
  }),
);

/** Body of every REST error. */
export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: "One plain English sentence." }),
    code: ErrorCodeSchema,
    details: Type.Optional(ErrorDetails),
    request_id: Type.Optional(Type.String({ description: "With a 500: finds it in the server's log." })),
  },
  { component: "Error" },
);
export type ErrorBody = Static<typeof ErrorBody>;
