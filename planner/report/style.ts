/** The report's whole style: legible on a phone, on paper, in the dark; no font or picture is fetched. */
export const style = `
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f3f5f8; --text: #1b2430; --dim: #5b6675; --page: #ffffff;
  --good: #1a7f37; --warn: #8a5a00; --bad: #b42318; --mark: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a4452; --soft: #1d2530; --text: #e6eaf0; --dim: #a3adba; --page: #12181f; --good: #5bd17c; --warn: #e0b050; --bad: #ff8a80; --mark: #7ab8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; padding-top: .75rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
p { margin: .4rem 0; max-width: 70ch; }
a { color: var(--mark); }
nav ul { padding-left: 1.2rem; }
.dim, .urn { color: var(--dim); }
.urn { font-size: .8rem; font-family: ui-monospace, "Liberation Mono", monospace; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.verdict { font-weight: 600; white-space: nowrap; }
.levels { display: flex; flex-wrap: wrap; gap: 0 .8rem; } .levels span { white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
thead th { overflow-wrap: break-word; background: var(--soft); border-bottom: 2px solid var(--line); }
tbody th { font-weight: 600; min-width: 11rem; }
td { overflow-wrap: break-word; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .7rem; }
summary { cursor: pointer; }
details[open] > summary { margin-bottom: .4rem; border-bottom: 1px solid var(--line); padding-bottom: .4rem; }
ul, ol { margin: .25rem 0; padding-left: 1.3rem; }
li { margin: .2rem 0; }
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .88em; }
pre { background: var(--soft); padding: .6rem; border-radius: .4rem; white-space: pre-wrap; margin: .3rem 0; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { display: block; width: 100%; max-width: 52rem; height: auto; font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
figure svg.stacked { display: none; }
figcaption { color: var(--dim); font-size: .9rem; }
svg text { fill: var(--text); } svg .small { font-size: 12.5px; fill: var(--dim); } svg .strong { font-weight: 600; font-size: 16px; }
svg .page { fill: var(--page); } svg .box { fill: var(--soft); stroke: var(--line); } svg .zone { fill: var(--page); stroke: var(--line); stroke-dasharray: 4 3; } svg .tie { stroke: var(--mark); stroke-width: 2; fill: none; } svg .name { fill: var(--mark); font-size: 12.5px; }
@media (max-width: 46rem) {
  body { padding: 1rem .8rem 3rem; }
  figure svg.beside { display: none; } figure svg.stacked { display: block; }
  table.stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stack tr { display: block; border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .3rem .6rem; }
  table.stack th, table.stack td { display: grid; grid-template-columns: 9.5rem 1fr; gap: .5rem; border: 0; padding: .15rem 0; }
  table.stack tbody th { display: block; font-size: 1rem; min-width: 0; }
  table.stack td::before { content: attr(data-label); color: var(--dim); }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-before: page; } h2:first-of-type { break-before: auto; }
  tr, figure, details { break-inside: avoid; }
  nav { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
