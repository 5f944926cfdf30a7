import type { AsyncApiDocument } from "./asyncapi.ts";
import { eventSection, restSections, type Section, schemaSection, tableSections } from "./docs-sections.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { Html, html, prose } from "./html.ts";
import type { OpenApiDocument } from "./openapi.ts";

/**
 * Both documents as one page: no script and nothing from elsewhere. Its one inline stylesheet is
 * {@link DOCS_STYLE}, for a CSP that allows it by its hash.
 */
export function renderDocsPage(openApi: OpenApiDocument, asyncApi: AsyncApiDocument): string {
  const sections = [
    ...restSections(openApi),
    eventSection(asyncApi, "client", "Client events", "Frames that a client sends."),
    eventSection(asyncApi, "server", "Server events", "Frames that the server sends."),
    schemaSection({ ...asyncApi.components.schemas, ...openApi.components.schemas }),
  ];
  const tables = tableSections();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${openApi.info.title} interface</title>
<style>${new Html(DOCS_STYLE)}</style>
</head>
<body><div class="page">
<header><h1>${openApi.info.title} interface</h1>
<p>Version ${openApi.info.version}. ${prose(openApi.info.description)}</p>
<p>${prose(asyncApi.info.description)}</p>
<p>For programs: <a href="/openapi.json">openapi.json</a> (REST) and <a href="/asyncapi.json">asyncapi.json</a> (WebSocket).</p></header>
<div class="columns"><nav aria-label="Contents"><ul>${sections.map(contentsOf)}${tables.map(contentsOf)}</ul></nav>
<main>${sections.map(sectionHtml)}${tables.map(({ id, title, lead, body }) => html`<section id="${id}"><h2>${title}</h2><p>${lead}</p><article>${body}</article></section>`)}</main>
</div></div></body>
</html>
`.text;
}

function contentsOf({ id, title, entries = [] }: Pick<Section, "id" | "title"> & Partial<Section>): Html {
  const links = entries.map((entry) => html`<li><a href="#${entry.id}">${entry.title}</a></li>`);
  return html`<li><a href="#${id}">${title}</a>${links.length > 0 && html`<ul>${links}</ul>`}</li>`;
}

function sectionHtml({ id, title, lead, entries }: Section): Html {
  const articles = entries.map((entry) => html`<article id="${entry.id}">${entry.body}</article>`);
  return html`<section id="${id}"><h2>${title}</h2><p>${lead}</p>${articles}</section>`;
}
