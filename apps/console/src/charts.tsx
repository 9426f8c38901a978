import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import uPlot from 'uplot';
import { SECONDS_KEPT, type Sample } from './figures';
import type { Incident } from './live';

const HEIGHT = 140;
/** Incidents that are marked on the time axis. */
const MARKED = new Set(['leader', 'noLeader', 'down', 'up']);

interface Line {
  readonly label: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly of: (sample: Sample) => number | null;
}

const CHARTS: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
  { title: 'Trades per second', lines: [{ label: 'trades', colour: '--first', of: ({ trades }) => trades }] },
  {
    title: 'Time of a trade in ms',
    lines: [
      { label: 'p50', colour: '--first', of: ({ p50Ms }) => p50Ms },
      { label: 'p99', colour: '--second', of: ({ p99Ms }) => p99Ms },
    ],
  },
  {
    title: 'Lookups per second',
    lines: [
      { label: 'from the cache', colour: '--first', of: ({ hits }) => hits },
      { label: 'others', colour: '--second', of: ({ others }) => others },
    ],
  },
];

interface ChartsProps {
  readonly samples: readonly Sample[];
  readonly incidents: readonly Incident[];
}

/** The last minutes of the gateway that serves this page, with elections and faults on the time axis. */
export function Charts({ samples, incidents }: ChartsProps): JSX.Element {
  return (
    <section class="charts" aria-labelledby="charts">
      <h2 id="charts">The last minutes</h2>
      <p class="legend">
        <i class="mark" aria-hidden="true" /> a process or the leader was lost, or another one leads: see the events
      </p>
      <div>
        {CHARTS.map(({ title, lines }) => (
          <Chart key={title} title={title} lines={lines} samples={samples} incidents={incidents} />
        ))}
      </div>
    </section>
  );
}

function Chart({ title, lines, samples, incidents }: ChartsProps & (typeof CHARTS)[number]): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const marks = useRef<readonly number[]>([]);
  marks.current = incidents.filter(({ kind }) => MARKED.has(kind)).map(({ at }) => Date.parse(at) / 1000);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(lines, element, () => marks.current),
        [[]],
        element,
      );
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const size = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    size.observe(element);
    return () => {
      dark.removeEventListener('change', draw);
      size.disconnect();
      plot.current?.destroy();
    };
  }, [lines]);
  const last = samples.at(-1);
  useEffect(() => {
    plot.current?.setData([samples.map(({ at }) => at), ...lines.map(({ of }) => samples.map(of))]);
  }, [last, lines, samples]);
  const values = lines.map(({ label, of }) => `${label} ${(last && of(last)?.toFixed(1)) ?? 'none'}`).join(', ');
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} class="chart" role="img" aria-label={`${title}: ${values}`} />
    </figure>
  );
}

function optionsOf(lines: readonly Line[], element: HTMLElement, marks: () => readonly number[]): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--text'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: lines.length > 1, live: false },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map(timeOf), space: 70 },
      { ...axis, size: 44 },
    ],
    scales: {
      x: { range: (_, _min, max) => [max - SECONDS_KEPT, max] },
      y: { range: (_, _min, max) => [0, Math.max(1, max * 1.1)] },
    },
    series: [{}, ...lines.map((line) => ({ label: line.label, stroke: colour(line.colour), width: 2 }))],
    hooks: { draw: [(chart) => drawMarks(chart, marks(), colour('--fault'))] },
  };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function drawMarks(chart: uPlot, marks: readonly number[], colour: string): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 0 } = chart.scales['x'] ?? {};
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([4, 4]);
  for (const at of marks) {
    if (at < min || at > max) continue;
    const x = chart.valToPos(at, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
