import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";

const tag = "operations";
const access = "public";
const AnyObject = Type.Object({}, { additionalProperties: true });

/** Health and documents. */
export const operationsEndpoints = {
  health: endpoint({
    method: "GET",
    path: "/health",
    summary: "Say OK.",
    tag,
    access,
    rawResponse: "text/plain",
    errors: [],
  }),
  live: endpoint({
    method: "GET",
    path: "/health/live",
    summary: "Say OK if the process answers at all.",
    tag,
    access,
    rawResponse: "text/plain",
    errors: [],
  }),
  ready: endpoint({
    method: "GET",
    path: "/health/ready",
    summary: "Say OK if the server can do its work, its database included.",
    tag,
    access,
    rawResponse: "text/plain",
    errors: ["not_ready"],
  }),
  openApi: endpoint({
    method: "GET",
    path: "/openapi.json",
    summary: "Get this description of the REST interface (OpenAPI 3.1).",
    tag,
    access,
    response: AnyObject,
    errors: [],
  }),
  asyncApi: endpoint({
    method: "GET",
    path: "/asyncapi.json",
    summary: "Get the description of the WebSocket interface (AsyncAPI 3.0).",
    tag,
    access,
    response: AnyObject,
    errors: [],
  }),
  docs: endpoint({
    method: "GET",
    path: "/docs",
    summary: "Read both descriptions as a page.",
    tag,
    access,
    rawResponse: "text/html",
    errors: [],
  }),
};
