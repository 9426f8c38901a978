import type { BenchReport } from '../bench-report.js';
import { markup, type Markup, type Part } from './markup.js';
import { legendArea, legendLine, path, plot } from './plot.js';
import { figure, percentFromTop, percentOf, roundPercent, scaleEndingAt, scaleUpTo, type Scale } from './scale.js';
import { tableDetails } from './tables.js';

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requestsPerSecond: number;
  readonly tradesPerSecond: number;
}

/** Answers and trades per second, from the start of a run to its end, with deaths and outages on the time axis. */
export function throughputChart(report: BenchReport, name: string): Markup {
  const intervals = intervalsOf(report.throughput);
  const endMs = intervals.at(-1)?.toMs;
  if (endMs === undefined) return markup`<p>The run was too short to show its throughput over time.</p>`;
  const x = scaleEndingAt(endMs / 1000);
  const y = scaleUpTo(Math.max(...intervals.map(({ requestsPerSecond }) => requestsPerSecond)));
  const hasTrades = report.acknowledged > 0;
  const hasOutage = report.leaderChanges.some(({ outageMs }) => outageMs !== null);
  return plot({
    title: 'Throughput over time',
    description: descriptionOf(report, intervals),
    yTitle: 'per second',
    y,
    xTitle: `seconds since the start; each step is ${report.throughput.intervalMs} ms`,
    xTicks: x.ticks.map((seconds) => ({ at: percentOf(x, seconds), text: figure(seconds) })),
    legend: [
      legendLine({ name: 'requests', style: 'first' }),
      hasTrades && legendArea({ name: 'trades', style: 'area' }),
      hasOutage && legendArea({ name: 'no trade acknowledged', style: 'outage' }),
    ],
    marks: [
      outages(report, x),
      hasTrades && path(`${steps(intervals, 'tradesPerSecond', x, y)}V100H0Z`, 'area'),
      path(steps(intervals, 'requestsPerSecond', x, y), 'line first'),
      events(report, x),
      intervals.map((interval) => hoverColumn(interval, x)),
    ],
    hasHeadroom: report.killed !== null || report.leaderChanges.length > 0,
    notes: [eventList(report), figuresOf(intervals, name)],
  });
}

function intervalsOf({ intervalMs, requests, trades }: BenchReport['throughput']): readonly Interval[] {
  const perSecond = (count = 0): number => Math.round((count * 1000) / intervalMs);
  return requests.map((count, i) => ({
    fromMs: i * intervalMs,
    toMs: (i + 1) * intervalMs,
    requestsPerSecond: perSecond(count),
    tradesPerSecond: perSecond(trades[i]),
  }));
}

/** Level over each interval: nothing is known of the course within. */
function steps(
  intervals: readonly Interval[],
  what: 'requestsPerSecond' | 'tradesPerSecond',
  x: Scale,
  y: Scale,
): string {
  return intervals
    .map((interval, i) => {
      const [from, to] = [interval.fromMs, interval.toMs].map((ms) => percentOf(x, ms / 1000));
      const level = percentFromTop(y, interval[what]);
      return `${i === 0 ? `M${from} ${level}` : `V${level}`}H${to}`;
    })
    .join('');
}

function outages({ leaderChanges }: BenchReport, x: Scale): readonly Markup[] {
  return leaderChanges.flatMap(({ outageFromMs, outageMs }) => {
    if (outageFromMs === null || outageMs === null) return [];
    const [from, to] = [outageFromMs, outageFromMs + outageMs].map((ms) => percentOf(x, ms / 1000)) as [number, number];
    return [markup`<rect class="outage" x="${from}%" width="${roundPercent(to - from)}%" y="0" height="100%"/>`];
  });
}

/** Upright lines: the death above the lines of leaders, so that their names have room when they come soon after it. */
function events({ killed, killedAtMs, leaderChanges }: BenchReport, x: Scale): readonly Part[] {
  const upright = (ms: number, text: string, kind: string, row: number): Markup => {
    const at = percentOf(x, ms / 1000);
    const isRight = at > 60;
    return markup`<line class="event ${kind}" x1="${at}%" x2="${at}%" y1="${row * 16 - 36}" y2="100%"/><text class="event ${kind}" x="${at}%" y="${row * 16 - 26}" dx="${isRight ? -5 : 5}" text-anchor="${isRight ? 'end' : 'start'}">${text}</text>`;
  };
  return [
    killed !== null && killedAtMs !== null && upright(killedAtMs, `${killed} killed`, 'killed', 0),
    leaderChanges.map(({ atMs, to }) => upright(atMs, `${to} leads`, 'leader', 1)),
  ];
}

/** What happened, in words and in order. */
export function eventWords({ killed, killedAtMs, leaderChanges }: BenchReport): readonly string[] {
  const told = leaderChanges.flatMap(({ atMs, from, to, term, outageMs, outageFromMs }) => [
    { at: atMs, words: `${to} was seen to lead, in term ${term}; before it ${from}` },
    ...(outageMs === null || outageFromMs === null
      ? []
      : [
          {
            at: outageFromMs,
            words: `no trade was acknowledged for ${figure(outageMs)} ms, the longest such time around the change of leader`,
          },
        ]),
  ]);
  const death = killed === null || killedAtMs === null ? [] : [{ at: killedAtMs, words: `${killed} was killed` }];
  return [...death, ...told].sort((a, b) => a.at - b.at).map(({ at, words }) => `${seconds(at)} s: ${words}`);
}

function eventList(report: BenchReport): Part {
  const words = eventWords(report);
  return words.length > 0 && markup`<ul class="events">${words.map((text) => markup`<li>${text}</li>`)}</ul>`;
}

function hoverColumn({ fromMs, toMs, requestsPerSecond, tradesPerSecond }: Interval, x: Scale): Markup {
  const [from, width] = [percentOf(x, fromMs / 1000), percentOf(x, (toMs - fromMs) / 1000)];
  return markup`<rect class="hover" x="${from}%" width="${width}%" y="0" height="100%"><title>${seconds(fromMs)} to ${seconds(toMs)} s: ${figure(requestsPerSecond)} requests/s, ${figure(tradesPerSecond)} trades/s</title></rect>
`;
}

function descriptionOf(report: BenchReport, intervals: readonly Interval[]): string {
  const range = (values: readonly number[]): string => `${Math.min(...values)} to ${Math.max(...values)}`;
  return [
    `Throughput over ${seconds(intervals.at(-1)?.toMs ?? 0)} seconds:`,
    `${range(intervals.map(({ requestsPerSecond }) => requestsPerSecond))} requests per second,`,
    `${range(intervals.map(({ tradesPerSecond }) => tradesPerSecond))} trades per second.`,
    ...eventWords(report).map((words) => `${words}.`),
    'The figures are in the table below.',
  ].join(' ');
}

function figuresOf(intervals: readonly Interval[], name: string): Markup {
  return tableDetails('Throughput as a table', `Throughput, ${name}`, {
    head: ['from s', 'to s', 'requests/s', 'trades/s'],
    rows: intervals.map(({ fromMs, toMs, requestsPerSecond, tradesPerSecond }) => [
      seconds(fromMs),
      seconds(toMs),
      requestsPerSecond,
      tradesPerSecond,
    ]),
  });
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
