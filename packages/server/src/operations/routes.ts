import { createHash } from "node:crypto";
import { asyncApiDocument, DOCS_STYLE, endpoints, openApiDocument, renderDocsPage } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { type Route, route } from "../http/endpoint.ts";

/** What operations need from the rest of the server. */
export interface OperationsDependencies {
  readonly version: string;
  readonly passwordMinCharacters: number;
  /** True if the database answers. */
  readonly isReady: () => Promise<boolean>;
}

/** The page is one file with its style inside, and loads nothing. */
const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(DOCS_STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Health, and the documents generated from the protocol. */
export function operationsRoutes(dependencies: OperationsDependencies): Route[] {
  const { version, isReady } = dependencies;
  const openApi = openApiDocument(dependencies);
  const asyncApi = asyncApiDocument({ version });
  const docs = renderDocsPage(openApi, asyncApi);
  const ok = async () => "OK";
  return [
    route(endpoints.operations.health, ok),
    route(endpoints.operations.live, ok),
    route(endpoints.operations.ready, async () => {
      if (!(await isReady())) throw new TacitError("not_ready", { retryAfter: 1 });
      return "OK";
    }),
    route(endpoints.operations.openApi, async () => openApi),
    route(endpoints.operations.asyncApi, async () => asyncApi),
    route(endpoints.operations.docs, async ({ reply }) => {
      void reply.type("text/html; charset=utf-8").header("content-security-policy", DOCS_POLICY);
      return docs;
    }),
  ];
}
