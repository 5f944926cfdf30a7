import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";

/** Only what a path of ours can hold: names apart by one slash, none of which begins with a dot. */
const AVATAR_PATH = "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$";

/** Pictures, by the path in an `avatar` field. */
export const avatarEndpoints = {
  getAvatar: endpoint({
    method: "GET",
    path: "/avatars/*",
    summary: "Get a picture of a person or a chat by the path in an `avatar` field.",
    tag: "avatars",
    access: "public",
    params: Type.Object({
      "*": Type.String({
        pattern: AVATAR_PATH,
        maxLength: LIMITS.avatarPathCharacters,
        description: "An `avatar` field.",
      }),
    }),
    headers: Type.Object({
      "if-none-match": Type.Optional(
        Type.String({ description: "`ETag` of the version that the client has." }),
      ),
    }),
    rawResponse: "image/webp",
    responseHeaders: {
      "Cache-Control": "For long and immutable: a new picture has a new path.",
      ETag: "Version of the picture (RFC 9110).",
    },
    alsoAnswers: { 304: "`If-None-Match` names the version that the client has." },
    errors: ["not_found"],
  }),
};
