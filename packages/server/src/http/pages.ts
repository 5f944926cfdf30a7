import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import serveStatic from "@fastify/static";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Beside `src` and `dist`, so that both find the same files. */
const STATUS_PAGE = fileURLToPath(new URL("../../public/", import.meta.url));

/**
 * What a page of this server may do: run scripts of this server and WebAssembly (the SDK stretches passwords with it), show
 * what it has decrypted (`blob:`), and talk to this server alone (Content Security Policy Level 3).
 */
export const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:", "blob:"],
    mediaSrc: ["'self'", "blob:"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    workerSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** Recording is the app's; whatever else a device has is nobody's business. */
const PERMISSIONS =
  "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), serial=(), hid=(), display-capture=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=()";

/** Names with a hash of the content in them: what lies there never changes. */
const ASSETS = `assets${sep}`;

/** What a name in `/assets/` can be: of no other folder, and none that begins with a dot. */
const ASSET_NAME = /^[\w-][\w.-]*$/;

/** The compressed copies are sent under the names of what they are copies of. */
const NOT_A_PAGE = /\.(?:br|gz|map)$/;

/**
 * Serves the web app at `/`, or a page that says that the server is up where there is none. Every file has a route of its own,
 * made at the start: no request can name another. Only what lies in `/assets/` is looked for, since a build that comes while
 * the server runs gives other names to it.
 */
export async function servePages(
  server: FastifyInstance,
  webDirectory: string | null,
  log: Pick<FastifyBaseLogger, "warn">,
): Promise<void> {
  const hasApp = webDirectory !== null && existsSync(join(webDirectory, "index.html"));
  if (webDirectory !== null && !hasApp)
    log.warn({ webDirectory }, "no web app is there: build it with npm run build --workspace @tacit/web");
  await server.register((scope) => serveFiles(scope, hasApp ? webDirectory : STATUS_PAGE));
}

async function serveFiles(scope: FastifyInstance, root: string): Promise<void> {
  scope.addHook("onSend", sayThatItVaries);
  await scope.register(serveStatic, {
    root,
    wildcard: false,
    globIgnore: ["assets/**", "**/*.{br,gz,map}"],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isAsset = relative(root, path).startsWith(ASSETS);
      response.setHeader("cache-control", isAsset ? "public, max-age=31536000, immutable" : "no-cache");
      if (/\.html(\.br|\.gz)?$/.test(path)) response.setHeader("permissions-policy", PERMISSIONS);
    },
  });
  scope.get<{ Params: { name: string } }>("/assets/:name", async ({ params: { name } }, reply) =>
    ASSET_NAME.test(name) && !NOT_A_PAGE.test(name)
      ? reply.sendFile(join("assets", name))
      : reply.callNotFound(),
  );
}

/** Or a cache on the way would give what is compressed to whoever asks. */
async function sayThatItVaries(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const others = reply.getHeader("vary");
  reply.header("vary", others === undefined ? "Accept-Encoding" : `${others}, Accept-Encoding`);
}
