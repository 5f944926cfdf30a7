import { asyncApiDocument, endpoints, openApiDocument } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { type Route, route } from "../http/endpoint.ts";

/** What operations need from the rest of the server. */
export interface OperationsDependencies {
  readonly version: string;
  /** True if the database answers. */
  readonly isReady: () => Promise<boolean>;
}

/** Health, and the documents generated from the protocol. */
export function operationsRoutes({ version, isReady }: OperationsDependencies): Route[] {
  const openApi = openApiDocument({ version });
  const asyncApi = asyncApiDocument({ version });
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
  ];
}
