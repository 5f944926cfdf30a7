/** The stylesheet of the documents page. A strict CSP can allow it by its hash. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf8; --card: #ffffff; --ink: #23262b; --soft: #646b75; --line: #e4e1db;
  --accent: #2f6d5f; --get: #2c6399; --post: #2f6d5f; --put: #80601a; --patch: #80601a; --delete: #a23b3b;
  --socket: #6b4a9a; --code: #f1efea; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181b; --card: #1c2024; --ink: #e3e5e8; --soft: #9aa3ad; --line: #2d3338; --accent: #7cc4b0;
    --get: #7fb4e6; --post: #7cc4b0; --put: #dcb868; --patch: #dcb868; --delete: #ec8f8f; --socket: #bfa2ea; --code: #262b30; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", sans-serif; }
a { color: var(--accent); text-underline-offset: 2px; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, .path { font: 0.875em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
code { background: var(--code); padding: 0.1em 0.35em; border-radius: 4px; overflow-wrap: anywhere; }
small { color: var(--soft); font-weight: 400; white-space: nowrap; }
.page { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1.25rem 5rem; }
header h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.01em; }
header p { max-width: 46rem; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav > ul { display: flex; flex-wrap: wrap; gap: 0.5rem; }
nav > ul > li > a { display: block; padding: 0.3rem 0.75rem; border: 1px solid var(--line); border-radius: 999px;
  background: var(--card); }
nav ul ul { display: none; }
h2 { margin: 3rem 0 0.25rem; font-size: 1.35rem; }
h2::first-letter, nav > ul > li > a::first-letter { text-transform: uppercase; }
h2 + p { margin: 0 0 1rem; color: var(--soft); }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.4rem 0 0.4rem; font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem; margin: 1rem 0; }
article:target { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
article > p { margin: 0.4rem 0; }
.who { color: var(--soft); font-size: 0.9rem; }
.method { display: inline-block; margin-right: 0.4rem; padding: 0.05rem 0.5rem; border: 1px solid currentColor; border-radius: 6px;
  font-size: 0.75rem; font-weight: 650; letter-spacing: 0.04em; vertical-align: 0.1em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); }
.delete { color: var(--delete); } .socket { color: var(--socket); }
table { width: 100%; border-collapse: collapse; font-size: 0.94rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.9rem 0.45rem 0; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-size: 0.8rem; font-weight: 500; padding-top: 0; }
tbody th { font-weight: 500; }
.fields { table-layout: fixed; }
.fields th:first-child { width: 28%; } .fields th:nth-child(2), .fields td:nth-child(2) { width: 32%; }
.codes td:first-child, .codes th:first-child { width: 4.5rem; }
.codes p { margin: 0; }
table:not(:has(thead)) tr:first-child > * { border-top: 0; }
.errors td:nth-child(2) { width: 16rem; }
@media (min-width: 64rem) {
  .columns { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 3rem; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 0.5rem 2rem 0; font-size: 0.92rem; }
  nav > ul { display: block; }
  nav > ul > li { margin-bottom: 0.9rem; }
  nav > ul > li > a { padding: 0; border: 0; background: none; font-weight: 600; color: var(--ink); }
  nav ul ul { display: block; margin: 0.2rem 0 0; padding-left: 0.75rem; border-left: 1px solid var(--line); }
  nav ul ul a { color: var(--soft); display: block; padding: 0.08rem 0; overflow-wrap: anywhere; }
}
@media (max-width: 40rem) {
  .page { padding: 1rem 0.75rem 4rem; }
  article { padding: 0.9rem; }
  thead { display: none; }
  .errors td:nth-child(2), .errors td:nth-child(3) { display: block; width: auto; }
  .errors td:nth-child(3) { border: 0; padding-top: 0; }
  .fields tr { display: block; padding: 0.5rem 0; border-top: 1px solid var(--line); }
  .fields th, .fields td { display: block; width: auto !important; border: 0; padding: 0.05rem 0; }
  .fields td:empty { display: none; }
}
@media print { nav { display: none; } article { break-inside: avoid; } }
`;
