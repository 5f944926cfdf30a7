import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import { Id, IdParams } from "./schema.ts";

/** A file that was stored, ready to be named by a message. */
export const UploadedFile = Type.Object(
  { file_id: Id, filename: Type.String(), mimetype: Type.String(), size: Type.Integer({ minimum: 0 }) },
  { component: "UploadedFile" },
);
export type UploadedFile = Static<typeof UploadedFile>;

/** What comes beside the file in a form that uploads one. */
export const UploadFields = Type.Object({
  chat_id: Id,
  filename: Type.Optional(
    Type.String({ maxLength: LIMITS.filenameCharacters, description: "By default that of the part `file`." }),
  ),
  mimetype: Type.Optional(
    Type.String({ maxLength: LIMITS.mimetypeCharacters, description: "By default that of the part `file`." }),
  ),
});
export type UploadFields = Static<typeof UploadFields>;
/** Those of them that came before the file, which may be none. */
export const EarlyUploadFields = Type.Object({
  ...UploadFields.properties,
  chat_id: Type.Optional(UploadFields.properties.chat_id),
});
export type EarlyUploadFields = Static<typeof EarlyUploadFields>;

const tag = "media";

/** Encrypted files. */
export const mediaEndpoints = {
  uploadMedia: endpoint({
    method: "POST",
    path: "/media",
    summary: "Upload an encrypted file to a chat. One that no message names within a day is removed.",
    tag,
    access: "session",
    multipart: Type.Object({
      file: Type.String({
        format: "binary",
        minLength: 1,
        description: "Not empty, at most 50 MiB. The fields come in any order.",
      }),
      ...UploadFields.properties,
    }),
    response: UploadedFile,
    errors: ["not_a_member", "body_too_large", "quota_exceeded", "unsupported_media_type", "storage_full"],
  }),
  downloadMedia: endpoint({
    method: "GET",
    path: "/media/:id",
    summary: "Download an encrypted file, whole or a part of it.",
    tag,
    access: "session",
    params: IdParams,
    headers: Type.Object({
      range: Type.Optional(Type.String({ description: "Part of the file (RFC 9110, section 14.2)." })),
      "if-range": Type.Optional(
        Type.String({
          description: "`ETag` of the version that a part is wanted of; of any other, all of it.",
        }),
      ),
      "if-none-match": Type.Optional(
        Type.String({ description: "`ETag` of the version that the client has." }),
      ),
    }),
    rawResponse: "application/octet-stream",
    responseHeaders: {
      ETag: "Version of the file (RFC 9110).",
      "Content-Disposition": "Always a download: no browser renders it.",
      "Cache-Control": "`private, no-cache`: nobody else's cache may keep it, and one's own has to ask.",
      "Accept-Ranges": "`bytes`",
    },
    alsoAnswers: { 206: "The part that `Range` asks for.", 304: "`If-None-Match` names this version." },
    errors: ["unknown_file", "range_not_satisfiable"],
  }),
};
