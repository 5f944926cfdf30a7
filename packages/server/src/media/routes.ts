import { Readable } from "node:stream";
import { mediaEndpoints } from "@tacit/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { invalidField, TacitError } from "../errors.ts";
import { ifNoneMatchNames, ifRangeHolds, readRange } from "../http/byte-range.ts";
import { type EndpointRequest, type Route, route } from "../http/endpoint.ts";
import { readForm } from "../http/multipart.ts";
import type { Downloads } from "./downloads.ts";
import { downloadDisposition } from "./names.ts";
import { endIfStalled } from "./stalled-reader.ts";
import { readEarlyFields, readUploadFields, UPLOAD_FORM } from "./upload-form.ts";
import type { Uploads } from "./uploads.ts";

/** What keeps every browser from making anything of a file that somebody has uploaded. */
const DOWNLOAD_HEADERS = {
  "accept-ranges": "bytes",
  "cache-control": "private, no-cache",
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
};

/** HTTP of uploaded files. */
export function mediaRoutes(uploads: Uploads, downloads: Downloads): Route[] {
  return [
    route(mediaEndpoints.uploadMedia, (request) => upload(uploads, request)),
    route(mediaEndpoints.downloadMedia, (request) => download(downloads, request)),
  ];
}

async function upload(
  uploads: Uploads,
  { caller: { userId }, headers, raw }: EndpointRequest<typeof mediaEndpoints.uploadMedia>,
) {
  const expectedBytes = Number(headers["content-length"]) || undefined;
  const { fields, file } = await readForm(
    raw,
    UPLOAD_FORM,
    async ({ content, filename, mimetype }, fieldsSoFar) => {
      await uploads.admit(userId, readEarlyFields(fieldsSoFar).chat_id);
      return { blob: await uploads.receive(content, expectedBytes), filename, mimetype };
    },
    ({ blob }) => blob.discard(),
  );
  if (!file) throw invalidField("/file", "is required");
  return await uploads.store(userId, file.blob, () => readUploadFields(fields, file));
}

async function download(
  downloads: Downloads,
  { caller, params, raw, reply }: EndpointRequest<typeof mediaEndpoints.downloadMedia>,
) {
  const { headers } = raw;
  const file = await downloads.find(caller.userId, params.id);
  const etag = `"${file.sha256.toString("hex")}"`;
  void reply.headers({ ...DOWNLOAD_HEADERS, etag });
  if (ifNoneMatchNames(headers["if-none-match"], etag)) return await reply.code(304).send();
  const isHead = raw.method === "HEAD";
  // Parts are for GET alone (RFC 9110, section 14.2).
  const range = isHead ? undefined : wantedRange(headers, file.size, etag, reply);
  const content = isHead ? Readable.from([]) : await downloads.open(file, range);
  if (range) void reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${file.size}`);
  void reply.headers({
    "content-type": "application/octet-stream",
    "content-length": range ? range.end - range.start + 1 : file.size,
    "content-disposition": downloadDisposition(file.filename),
  });
  endIfStalled(reply.raw);
  return content;
}

/** @throws {TacitError} `range_not_satisfiable`. */
function wantedRange(headers: FastifyRequest["headers"], size: number, etag: string, reply: FastifyReply) {
  if (!ifRangeHolds(headers["if-range"]?.toString(), etag)) return undefined;
  const range = readRange(headers.range, size);
  if (range === "unsatisfiable") {
    void reply.header("content-range", `bytes */${size}`);
    throw new TacitError("range_not_satisfiable");
  }
  return range === "none" ? undefined : range;
}
