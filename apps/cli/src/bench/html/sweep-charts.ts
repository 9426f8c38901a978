import type { BenchReport } from '../bench-report.js';
import { timesOf, tradesPerSecond } from '../bench-tables.js';
import { markup, type Markup } from './markup.js';
import { legendLine, path, plot, type Series } from './plot.js';
import { figure, percentFromTop, percentOf, scaleUpTo, type Scale } from './scale.js';

interface Measure {
  readonly title: string;
  readonly unit: string;
  /** Null where there was nothing to measure. */
  readonly of: (report: BenchReport) => number | null;
}

const MEASURES: readonly Measure[] = [
  { title: 'Lookup latency, mean', unit: 'ms', of: (report) => timesOf(report, 'lookup')?.mean ?? null },
  { title: 'Trade latency, mean', unit: 'ms', of: (report) => timesOf(report, 'trade')?.mean ?? null },
  { title: 'Lookup latency, p50', unit: 'ms', of: (report) => timesOf(report, 'lookup')?.p50 ?? null },
  { title: 'Trade latency, p50', unit: 'ms', of: (report) => timesOf(report, 'trade')?.p50 ?? null },
  { title: 'Lookup latency, p99', unit: 'ms', of: (report) => timesOf(report, 'lookup')?.p99 ?? null },
  { title: 'Trade latency, p99', unit: 'ms', of: (report) => timesOf(report, 'trade')?.p99 ?? null },
  { title: 'Requests', unit: 'per second', of: ({ requestsPerSecond }) => requestsPerSecond },
  { title: 'Trades', unit: 'per second', of: tradesPerSecond },
];

const NAMES: Readonly<Record<BenchReport['cache'], string>> = {
  on: 'with cache',
  off: 'without cache',
  'as configured': 'cache as configured',
};

interface Point {
  readonly prob: number;
  readonly value: number;
}

interface Line extends Series {
  readonly points: readonly Point[];
}

/** Each measure against the probability of a trade, a line for each setting of the cache. Null where only one probability was tried. */
export function sweepCharts(reports: readonly BenchReport[]): Markup | null {
  const probs = [...new Set(reports.map(({ prob }) => prob))];
  if (probs.length < 2) return null;
  const x = scaleUpTo(Math.max(...probs));
  return markup`<section aria-labelledby="sweep"><h2 id="sweep">Against the probability of a trade</h2>
<div class="charts">${MEASURES.map((measure) => sweepChart(measure, reports, x))}</div>
<p class="soft">The figures are in the table of all runs.</p></section>
`;
}

function sweepChart({ title, unit, of }: Measure, reports: readonly BenchReport[], x: Scale): Markup {
  const lines = linesOf(reports, of);
  const y = scaleUpTo(Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value))), 4);
  return plot({
    title,
    description: descriptionOf(title, unit, lines),
    yTitle: unit,
    y,
    xTitle: 'probability of a trade after a lookup',
    xTicks: x.ticks.map((prob) => ({ at: percentOf(x, prob), text: figure(prob) })),
    legend: lines.map(legendLine),
    marks: lines.map((line) => [
      path(commandsOf(line.points, x, y), `line ${line.style}`),
      line.points.map((point) => pointOf(point, line, unit, x, y)),
    ]),
  });
}

function linesOf(reports: readonly BenchReport[], of: Measure['of']): readonly Line[] {
  return [...new Set(reports.map(({ cache }) => cache))].map((cache, i) => ({
    name: NAMES[cache],
    style: i === 0 ? 'first' : 'second',
    points: reports
      .filter((report) => report.cache === cache)
      .flatMap((report) => {
        const value = of(report);
        return value === null ? [] : [{ prob: report.prob, value }];
      })
      .sort((a, b) => a.prob - b.prob),
  }));
}

function commandsOf(points: readonly Point[], x: Scale, y: Scale): string {
  return points
    .map(({ prob, value }, i) => `${i === 0 ? 'M' : 'L'}${percentOf(x, prob)} ${percentFromTop(y, value)}`)
    .join('');
}

function pointOf({ prob, value }: Point, { name, style }: Series, unit: string, x: Scale, y: Scale): Markup {
  const text = `probability ${prob}, ${name}: ${figure(value)} ${unit}`;
  return markup`<circle class="point ${style}" cx="${percentOf(x, prob)}%" cy="${percentFromTop(y, value)}%" r="4"><title>${text}</title></circle>
`;
}

function descriptionOf(title: string, unit: string, lines: readonly Line[]): string {
  const words = lines.map(({ name, points }) => {
    const values = points.map(({ prob, value }) => `${value} at ${prob}`);
    return `${name}: ${values.length === 0 ? 'nothing was measured' : values.join(', ')}`;
  });
  return `${title}, ${unit}, against the probability of a trade. ${words.join('; ')}.`;
}
