import type { BenchReport } from '../bench-report.js';
import { barWords, histogramOf, type BarPair } from '../bench-tables.js';
import { markup, type Markup } from './markup.js';
import { legendArea, plot, type Tick } from './plot.js';
import { figure, percentOf, roundPercent, scaleUpTo, type Scale } from './scale.js';
import { tableDetails } from './tables.js';

/** Share of the width of a place that its bars leave free. */
const GAP = 0.16;

/** How many answers took how long, in percent of the lookups and of the trades. */
export function histogramChart(report: BenchReport, name: string): Markup {
  const pairs = histogramOf(report);
  if (pairs.length === 0) return markup`<p>There was no answer, so there is no latency to show.</p>`;
  const total = {
    lookups: pairs.reduce((sum, { lookups }) => sum + lookups, 0),
    trades: pairs.reduce((sum, { trades }) => sum + trades, 0),
  };
  const shares = pairs.flatMap(({ lookups, trades }) => [share(lookups, total.lookups), share(trades, total.trades)]);
  const y = scaleUpTo(Math.max(...shares));
  return plot({
    title: 'Latency',
    description: descriptionOf(pairs, total),
    yTitle: 'share of the answers, %',
    y,
    xTitle: 'milliseconds',
    xTicks: ticksOf(pairs),
    legend: [
      total.lookups > 0 && legendArea({ name: 'lookups', style: 'first' }),
      total.trades > 0 && legendArea({ name: 'trades', style: 'second' }),
    ],
    marks: pairs.map((pair, i) => barsOf(pair, i, pairs.length, total, y)),
    notes: tableDetails('Histogram as a table', `Histogram, ${name}`, {
      head: ['time', 'lookups', 'trades'],
      rows: pairs.map((pair) => [barWords(pair), pair.lookups, pair.trades]),
    }),
  });
}

type Total = Pick<BarPair, 'lookups' | 'trades'>;

function barsOf(pair: BarPair, i: number, count: number, total: Total, y: Scale): readonly (Markup | false)[] {
  const place = 100 / count;
  const width = (place * (1 - GAP)) / 2;
  const bar = (what: keyof Total, style: string, offset: number): Markup | false => {
    const percent = share(pair[what], total[what]);
    const height = percentOf(y, percent);
    return (
      pair[what] > 0 &&
      markup`<rect class="bar ${style}" x="${roundPercent(i * place + (place * GAP) / 2 + offset)}%" y="${roundPercent(100 - height)}%" width="${roundPercent(width)}%" height="${height}%"><title>${rangeWords(pair)}: ${figure(pair[what])} ${what}, ${percentWords(percent)}</title></rect>
`
    );
  };
  return [bar('lookups', 'first', 0), bar('trades', 'second', width)];
}

/** The ends of the bars, between which they stand. */
function ticksOf(pairs: readonly BarPair[]): readonly Tick[] {
  const ends = [pairs[0]?.fromMs ?? 0, ...pairs.map(({ upToMs }) => upToMs)];
  return ends.map((end, i) => ({
    at: roundPercent((i * 100) / pairs.length),
    text: end === null ? 'more' : figure(end),
  }));
}

function descriptionOf(pairs: readonly BarPair[], total: Total): string {
  const most = (what: keyof Total): string | undefined => {
    const [first, ...others] = pairs;
    if (first === undefined || total[what] === 0) return undefined;
    const pair = others.reduce((largest, other) => (other[what] > largest[what] ? other : largest), first);
    return `most ${what} took ${rangeWords(pair)} (${percentWords(share(pair[what], total[what]))} of ${total[what]})`;
  };
  const words = [most('lookups'), most('trades')].filter((text) => text !== undefined);
  return `Histogram of the latency: ${words.join('; ')}. The figures are in the table below.`;
}

function rangeWords({ fromMs, upToMs }: BarPair): string {
  return upToMs === null ? `more than ${fromMs} ms` : `${fromMs} to ${upToMs} ms`;
}

function percentWords(percent: number): string {
  return `${percent > 0 && percent < 0.1 ? 'less than 0.1' : percent.toFixed(1)} %`;
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : (count / of) * 100;
}
