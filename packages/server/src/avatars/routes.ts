import { endpoints } from "@tacit/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ifNoneMatchNames } from "../http/byte-range.ts";
import { type Route, route } from "../http/endpoint.ts";
import { type Form, type FormFile, type FormLimits, readForm } from "../http/multipart.ts";
import type { AvatarsService, Wish } from "./service.ts";
import type { ReceiveUpload, Upload } from "./upload.ts";

/** HTTP of pictures. */
export function avatarRoutes(service: AvatarsService, receive: ReceiveUpload): Route[] {
  return [
    route(endpoints.users.setAvatar, ({ caller, raw }) =>
      withWish(raw, receive, (wish) => service.changeOwn(caller.userId, wish)),
    ),
    route(endpoints.chats.setChatAvatar, async ({ caller, params, raw }) => {
      await service.requireChatOwner(params.id, caller.userId);
      await withWish(raw, receive, (wish) => service.changeOfChat(params.id, caller.userId, wish));
      return undefined;
    }),
    route(endpoints.avatars.getAvatar, async ({ params, raw, reply }) => {
      const path = params["*"];
      return answer(reply, path, await service.read(path), raw.headers["if-none-match"]);
    }),
  ];
}

const FORM: FormLimits = { fileField: "avatar", fieldBytes: 1024 };

/** Reads the form; its picture stays in memory while `use` runs. */
async function withWish<T>(
  request: FastifyRequest,
  receive: ReceiveUpload,
  use: (wish: Wish) => Promise<T>,
): Promise<T> {
  const form = await readForm(request, FORM, receiveFile(receive), async (file) => file?.release());
  try {
    return await use(wishOf(form));
  } finally {
    form.file?.release();
  }
}

function receiveFile(receive: ReceiveUpload) {
  return async ({ filename, content }: FormFile): Promise<Upload | undefined> => {
    const upload = await receive(content);
    // What a browser sends for a file that was not chosen.
    if (upload.octets.length > 0 || filename) return upload;
    upload.release();
    return undefined;
  };
}

/** Who asks for both gets rid of the picture. */
function wishOf({ fields, file }: Form<Upload | undefined>): Wish {
  return fields.remove === "true" || fields.remove === "1" ? null : file?.octets;
}

function answer(reply: FastifyReply, path: string, image: Buffer, ifNoneMatch: string | undefined) {
  const etag = `"${path}"`;
  void reply.headers({ ...HEADERS, etag });
  if (ifNoneMatchNames(ifNoneMatch, etag)) return reply.code(304).send();
  void reply.type("image/webp");
  return image;
}

/** For a year, because a path never gets another picture; and for the pages of clients that are served from elsewhere. */
const HEADERS = {
  "cache-control": "public, max-age=31536000, immutable",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
};
