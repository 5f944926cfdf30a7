import { describe, expect, test } from "vitest";
import { asyncApiDocument } from "./asyncapi.ts";
import { contractRoutes } from "./contract-list.ts";
import { renderDocsPage } from "./docs.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { ERRORS } from "./errors.ts";
import { openApiDocument } from "./openapi.ts";

const openApi = openApiDocument({ version: "1.2.3" });
const asyncApi = asyncApiDocument({ version: "1.2.3" });
const operations = Object.values(openApi.paths).flatMap((methods) => Object.values(methods));

/** Every object anywhere in a document. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}

function resolve(document: object, pointer: string): unknown {
  const steps = pointer.slice(2).split("/");
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
}

describe.each([
  ["openapi.json", openApi],
  ["asyncapi.json", asyncApi],
])("%s", (_, document) => {
  const objects = objectsIn(document);

  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test("refers to nothing that is not there, and carries nothing that is not referred to", () => {
    const references = objects.flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref] : []));
    for (const reference of references)
      expect([reference, resolve(document, reference)]).not.toContain(undefined);
    for (const name of Object.keys(document.components.schemas)) {
      expect(references).toContain(`#/components/schemas/${name}`);
    }
  });

  test("forbids no unknown field: a newer server may add some", () => {
    for (const object of objects) expect(object.additionalProperties).not.toBe(false);
  });

  test("holds nothing that only validation understands", () => {
    for (const object of objects) {
      expect(object).not.toHaveProperty("normalize", expect.any(String));
      expect(object).not.toHaveProperty("component");
      expect(object).not.toHaveProperty("documented");
    }
  });
});

describe("the REST interface", () => {
  test("every route of the contract is described with its success", () => {
    for (const { methods, path, success } of contractRoutes) {
      const template = path.replace(/:(\w+)/g, "{$1}").replace("*", "{path}");
      for (const method of methods) {
        const operation = openApi.paths[template]?.[method.toLowerCase()];
        expect([method, path, Object.keys(operation?.responses ?? {})]).toEqual([
          method,
          path,
          expect.arrayContaining([String(success), "500"]),
        ]);
      }
    }
  });

  test("every operation has a name of its own, a sentence and a section that exists", () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = openApi.tags.map(({ name }) => name);
    for (const operation of operations) {
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(tags).toEqual(expect.arrayContaining([...operation.tags]));
    }
  });

  test("what needs a session says so and can answer 401", () => {
    const { security, responses } = openApi.paths["/users/me"]?.get ?? {};
    expect(security).toEqual([{ bearer: [] }]);
    expect(responses).toHaveProperty("401");
    expect(openApi.paths["/health"]?.get?.security).toEqual([]);
  });

  test("an optional field of a request may be null, a required one and those of answers may not", () => {
    const { requestBody } = openApi.paths["/auth/register"]?.post ?? {};
    const properties = requestBody?.content["application/json"]?.schema?.properties;
    expect(properties?.nickname?.type).toEqual(["string", "null"]);
    expect(properties?.kdf?.anyOf).toContainEqual({ type: "null" });
    expect(properties?.login?.type).toBe("string");
    expect(openApi.components.schemas.Error?.properties?.request_id?.type).toBe("string");
  });

  test("a throttled answer says how long to wait", () => {
    expect(openApi.paths["/auth/login"]?.post?.responses[429]?.headers).toHaveProperty("Retry-After");
  });

  test("forms, bytes and headers are described as what they are", () => {
    const upload = openApi.paths["/media"]?.post?.requestBody?.content["multipart/form-data"]?.schema;
    expect(upload?.properties?.file).toMatchObject({ contentMediaType: "application/octet-stream" });
    const vault = openApi.paths["/users/me/vault"]?.put;
    expect(vault?.requestBody?.content).toHaveProperty("application/octet-stream");
    expect(vault?.parameters).toContainEqual(expect.objectContaining({ name: "If-Match", in: "header" }));
    expect(openApi.paths["/health"]?.get?.responses[200]?.content).toHaveProperty("text/plain");
  });
});

describe("the page", () => {
  const page = renderDocsPage(openApi, asyncApi);

  test("asks nobody else for anything and runs no script", () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style=|javascript:/i);
    expect(page).not.toMatch(/(src|href|action)="(https?:)?\/\//i);
    expect(DOCS_STYLE).not.toMatch(/url\(|@import/);
  });

  test("has one stylesheet that a CSP can allow by its hash", () => {
    expect(page.match(/<style>([^<]*)<\/style>/g)).toEqual([`<style>${DOCS_STYLE}</style>`]);
  });

  test("every link within it leads somewhere, and no two places have the same name", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test("shows every path, event and error code", () => {
    for (const path of Object.keys(openApi.paths)) expect(page).toContain(path);
    for (const id of Object.keys(asyncApi.components.messages)) expect(page).toContain(`id="event-${id}"`);
    for (const code of Object.keys(ERRORS)) expect(page).toContain(`id="error-${code}"`);
  });

  test("shows texts as texts", () => {
    const hostile = { ...openApi, info: { ...openApi.info, title: '<script>alert(1)</script> & "more"' } };
    expect(renderDocsPage(hostile, asyncApi)).toContain(
      "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;",
    );
  });

  test("gives a schema that both documents name the same text", () => {
    for (const [name, schema] of Object.entries(asyncApi.components.schemas)) {
      expect(openApi.components.schemas[name] ?? schema).toEqual(schema);
    }
  });
});
