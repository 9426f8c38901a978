import type { BenchReport } from '../bench-report.js';
import { busyWords, leaderTable } from '../bench-tables.js';
import { countTables, factsOf, latencyTable } from '../../verify/workload-report.js';
import { histogramChart } from './histogram-chart.js';
import { markup, type Markup, type Part } from './markup.js';
import { tableOf } from './tables.js';
import { throughputChart } from './throughput-chart.js';

/** Mismatches that are shown; a run may have a thousand of them. */
const MISMATCHES_SHOWN = 50;

/** `trade probability 0.5, cache on`: the name of a run, unique within a bench. */
export function nameOfRun({ prob, cache }: BenchReport): string {
  return `trade probability ${prob}, cache ${cache}`;
}

export function verdictMark(passed: boolean): Markup {
  return passed ? markup`<b class="verdict passed">PASS</b>` : markup`<b class="verdict failed">FAIL</b>`;
}

/** Everything about one run: its charts, and the tables that the terminal shows. */
export function runSection(report: BenchReport, id: string): Markup {
  const name = nameOfRun(report);
  const leaders = leaderTable(report);
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">Run with ${name}</h2>
<p>${verdictMark(report.passed)} ${factsOf(report)}</p>
<div class="charts of-run">${throughputChart(report, name)}${histogramChart(report, name)}</div>
${tableOf(`Latency, ${name}`, latencyTable(report))}
${leaders.rows.length > 0 && tableOf(`Leader changes, ${name}`, leaders)}
${countTables(report).map((table) => tableOf(`${table.head[0]}, ${name}`, table))}
${mismatchList(report)}
${busyNote(report)}
</section>
`;
}

function mismatchList({ mismatches, mismatchCount }: BenchReport): Part {
  const shown = mismatches.slice(0, MISMATCHES_SHOWN);
  const left = mismatchCount - shown.length;
  return (
    mismatchCount > 0 &&
    markup`<h3>Mismatches</h3><ul class="faults">${shown.map((text) => markup`<li>${text}</li>`)}</ul>
${left > 0 && markup`<p>… and ${left} more; --json has those that are kept in words.</p>`}`
  );
}

function busyNote(report: BenchReport): Part {
  const words = busyWords([report]);
  return words !== undefined && markup`<p class="soft">Note: ${words}.</p>`;
}
