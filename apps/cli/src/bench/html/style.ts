/** The colours are those of the live page. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fafaf7; --card: #ffffff; --text: #1c2024; --soft: #545b63; --line: #d9dce0;
  --first: #1f6f54; --second: #a3480f; --fault: #b3261e; --leader: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14171a; --card: #1d2125; --text: #e7eaed; --soft: #aeb5bd; --line: #363c43;
    --first: #5fd0a5; --second: #f2a46b; --fault: #ff8a80; --leader: #8ec1ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
a { color: var(--leader); }
:focus-visible { outline: 3px solid var(--leader); outline-offset: 1px; }
header { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; padding: 0.75rem 1rem;
  border-bottom: 1px solid var(--line); }
h1, header p { margin: 0; }
h1 { font-size: 1.25rem; }
h2 { margin: 0 0 0.5rem; font-size: 1.05rem; }
h3 { margin: 1rem 0 0.25rem; font-size: 0.95rem; }
header p, .soft, dt { color: var(--soft); }
main { display: grid; gap: 1rem; max-width: 82rem; margin: 0 auto; padding: 1rem; grid-template-columns: minmax(0, 1fr); }
section { min-width: 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
p, li, dd { overflow-wrap: anywhere; }
p { margin: 0.5rem 0; }
dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0.5rem 0; }
dl div { display: flex; gap: 0.4rem; }
dd { margin: 0; }
.verdict { padding: 0 0.4rem; border: 2px solid; border-radius: 4px; }
.passed { color: var(--first); }
.failed, .failure, .faults { color: var(--fault); }
.charts { display: grid; gap: 1.25rem 2rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 900px) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .charts.of-run { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
figure { margin: 0.5rem 0; min-width: 0; }
figcaption { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; align-items: baseline; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; font-size: 0.85rem; }
.key { display: inline-flex; gap: 0.35rem; align-items: center; }
.axis { margin: 0.25rem 0 0; color: var(--soft); font-size: 0.8rem; }
.axis.x { margin: 0 1.5rem 0.5rem 3.5rem; text-align: center; }
.plot { height: 230px; margin: 10px 1.5rem 24px 3.5rem; }
.plot.headroom { margin-top: 42px; }
.plot > svg { display: block; overflow: visible; }
.plane { overflow: visible; }
.grid { stroke: var(--line); }
.tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
@media (max-width: 520px) { .spare { display: none; } }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.first { stroke: var(--first); }
.line.second { stroke: var(--second); stroke-dasharray: 6 3; }
rect.first, .point.first { fill: var(--first); }
rect.second { fill: var(--second); }
.point.second { fill: var(--card); stroke: var(--second); stroke-width: 2; }
.area { fill: var(--second); fill-opacity: 0.4; stroke: var(--second); }
.bar:hover { opacity: 0.75; }
.outage { fill: var(--soft); fill-opacity: 0.4; }
.hover { fill: transparent; }
.hover:hover { fill: var(--text); fill-opacity: 0.12; }
line.event { stroke-width: 1.5; }
text.event { font-size: 12px; }
line.killed { stroke: var(--fault); stroke-dasharray: 4 2; }
text.killed { fill: var(--fault); }
line.leader { stroke: var(--leader); }
text.leader { fill: var(--leader); }
.events, .faults { margin: 0.25rem 0 0.5rem; padding-left: 1.2rem; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.scroll { max-height: 26rem; margin: 0.5rem 0; overflow: auto; }
details { margin: 0.25rem 0; }
summary { color: var(--leader); cursor: pointer; font-size: 0.9rem; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.7rem 0.2rem 0; text-align: left; border-bottom: 1px solid var(--line); font-weight: 400; white-space: nowrap; }
th.number, td.number { padding-left: 0.7rem; text-align: right; }
thead th { color: var(--soft); }
@media print { section { border: none; break-inside: avoid; } .scroll { max-height: none; overflow: visible; } }
`;
