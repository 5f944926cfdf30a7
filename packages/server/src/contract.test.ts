import { clientEvents, type EndpointDefinition, endpoints } from "@tacit/protocol";
import { contractClientEvents, contractRoutes } from "@tacit/protocol/contract-list";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const asText = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;

const inContract = contractRoutes.flatMap(({ methods, path }) =>
  methods.map((method) => asText({ method, path })),
);
const inProtocol = Object.values(endpoints)
  .flatMap((domain) => Object.values<EndpointDefinition>(domain))
  .flatMap(({ method, path }) => [method].flat().map((each) => asText({ method: each, path })));

const served = () => server.app.routes.map(asText);

test("every route of the contract is served, and no other", () => {
  expect(served().sort()).toEqual([...inContract].sort());
});

test("every route of the protocol is served, and no other", () => {
  expect(served().sort()).toEqual([...inProtocol].sort());
});

test("every event of the contract is handled", () => {
  const handled = [...server.app.clientEvents].sort();
  expect(handled).toEqual([...contractClientEvents].sort());
  expect(handled).toEqual(Object.keys(clientEvents).sort());
});
