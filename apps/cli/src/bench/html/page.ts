import type { SystemVerification } from '../../verify/system/verify-system.js';
import { memberTable, verdictOf } from '../../verify/verification-report.js';
import { hasPassed, type BenchReport, type BenchResult } from '../bench-report.js';
import type { BenchSetting } from '../bench-setting.js';
import { comparisonTable } from '../bench-tables.js';
import { markup, Markup, type Part } from './markup.js';
import { nameOfRun, runSection, verdictMark } from './run-section.js';
import { STYLE } from './style.js';
import { sweepCharts } from './sweep-charts.js';
import { tableOf } from './tables.js';

/** One file without scripts and without anything that has to be fetched: it opens from a disk, and can be sent to others. */
export function benchPage(result: BenchResult, setting: BenchSetting): string {
  const { reports } = result;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Bench of Stock Bazaar, ${minute(setting.startedAt)}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><h1>Bench of Stock Bazaar</h1><p><time datetime="${setting.startedAt.toISOString()}">${minute(setting.startedAt)}</time></p></header>
<main>
${summary(result, setting)}
${sweepCharts(reports)}
${reports.map((report, i) => runSection(report, idOf(i)))}
</main>
</body>
</html>
`.text;
}

function summary(result: BenchResult, { command, machine, options }: BenchSetting): Markup {
  const { reports, verification, failure } = result;
  const rows = [...options, ['machine', machine]] as const;
  return markup`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
<p>${verdictMark(hasPassed(result))} ${reports.length} ${reports.length === 1 ? 'run' : 'runs'}${failure !== null && markup`. <span class="failure">The bench ended early: ${failure}</span>`}</p>
<p class="command"><code>${command}</code></p>
<dl>${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${reports.length === 0 ? markup`<p>No run was completed.</p>` : allRuns(reports)}
${verification !== null && verificationPart(verification)}
</section>
`;
}

function allRuns(reports: readonly BenchReport[]): Part {
  const links = reports.map((report, i) => ({ href: `#${idOf(i)}`, to: nameOfRun(report) }));
  return [
    markup`<h3>All runs</h3>`,
    tableOf('All runs', comparisonTable(reports), links),
    markup`<p class="soft">Times are in milliseconds. Of a trade's p50 and p99, the slower of buying and selling is shown.</p>`,
    reports.filter(({ passed }) => !passed).map((report) => markup`<p>${verdictMark(false)} ${nameOfRun(report)}</p>`),
  ];
}

function verificationPart(verification: SystemVerification): Markup {
  return markup`<h3>Verification of the whole system</h3>
<p>${verdictMark(verification.passed)} ${verdictOf(verification)}</p>
${tableOf('Verification of each member', memberTable(verification))}`;
}

function idOf(run: number): string {
  return `run-${run + 1}`;
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
