import { createRequire } from "node:module";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect, test } from "vitest";
import { asyncApiDocument } from "./asyncapi.ts";
import { openApiDocument } from "./openapi.ts";

const openApi = JSON.parse(JSON.stringify(openApiDocument({ version: "1.2.3" })));
const asyncApi = JSON.parse(JSON.stringify(asyncApiDocument({ version: "1.2.3" })));
const asyncApiSchema = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0.json");

test("openapi.json is OpenAPI 3.1, by its official schema", async () => {
  expect(await new Validator().validate(openApi)).toMatchObject({ valid: true });
});

test("asyncapi.json is AsyncAPI 3.0, by its official schema", () => {
  // The official schema carries its own copy of the meta schema, so Ajv must not add another.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
  formats.default(ajv);
  const validate = ajv.compile(asyncApiSchema);
  expect([validate(asyncApi), validate.errors]).toEqual([true, null]);
});

test.each([
  ["openapi.json", openApi],
  ["asyncapi.json", asyncApi],
])("every schema in %s is JSON Schema 2020-12", (_, document) => {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ $id: "document", components: document.components });
  for (const name of Object.keys(document.components.schemas)) {
    expect(ajv.compile({ $ref: `document#/components/schemas/${name}` })).toBeTypeOf("function");
  }
});
