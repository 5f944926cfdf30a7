import Type from "typebox";
import { endpoint } from "./endpoint.ts";

/** Pictures, by the path in an `avatar` field. */
export const avatarEndpoints = {
  getAvatar: endpoint({
    method: "GET",
    path: "/avatars/*",
    summary: "Get a picture of a person or a chat by the path in an `avatar` field.",
    tag: "avatars",
    access: "public",
    params: Type.Object({ "*": Type.String({ minLength: 1, description: "An `avatar` field." }) }),
    rawResponse: "image/webp",
    responseHeaders: {
      "Cache-Control": "For long and immutable: a new picture has a new path.",
      ETag: "Version of the picture (RFC 9110).",
    },
    alsoAnswers: { 304: "`If-None-Match` names the version that the client has." },
    errors: ["not_found"],
  }),
};
