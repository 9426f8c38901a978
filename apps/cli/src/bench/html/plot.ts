import { markup, type Markup, type Part } from './markup.js';
import { figure, percentFromTop, type Scale } from './scale.js';

/** A mark on the horizontal axis. */
export interface Tick {
  /** Percent of the width. */
  readonly at: number;
  readonly text: string;
}

export interface Series {
  readonly name: string;
  /** Both its colour and its form, so that nobody has to tell colours apart. */
  readonly style: 'first' | 'second';
}

export interface PlotOptions {
  readonly title: string;
  /** What the chart shows, for those who can't see it. */
  readonly description: string;
  readonly yTitle: string;
  readonly y: Scale;
  readonly xTitle: string;
  readonly xTicks: readonly Tick[];
  readonly legend: readonly Part[];
  /** Drawn in the plane of the axes, where positions are percentages. */
  readonly marks: readonly Part[];
  /** Whether marks need room above the plane, for two lines of text. */
  readonly hasHeadroom?: boolean;
  /** Below the chart. */
  readonly notes?: Part;
}

/** About so many labels of the horizontal axis are left on a narrow screen. */
const TICKS_WHEN_NARROW = 6;

/**
 * A chart with axes. Positions are percentages and sizes are pixels, so it takes any width without being drawn anew, and
 * its letters stay as large as the others.
 */
export function plot(options: PlotOptions): Markup {
  const { title, description, yTitle, y, xTitle, xTicks, legend, marks, hasHeadroom = false, notes } = options;
  const every = Math.ceil(xTicks.length / TICKS_WHEN_NARROW);
  return markup`<figure>
<figcaption><b>${title}</b><span class="legend">${legend}</span></figcaption>
<p class="axis" aria-hidden="true">${yTitle}</p>
<div class="plot${hasHeadroom && ' headroom'}"><svg role="img" aria-label="${description}" width="100%" height="100%">
${y.ticks.map((tick) => gridLine(percentFromTop(y, tick), figure(tick)))}
${xTicks.map(({ at, text }, i) => markup`<text class="tick${i % every > 0 ? ' spare' : ''}" x="${at}%" y="100%" dy="17" text-anchor="middle">${text}</text>`)}
${marks}
</svg></div>
<p class="axis x" aria-hidden="true">${xTitle}</p>
${notes}
</figure>
`;
}

/** A key of the legend. */
export function legendLine({ name, style }: Series): Markup {
  return markup`<span class="key"><svg aria-hidden="true" width="22" height="10"><line class="line ${style}" x1="0" x2="22" y1="5" y2="5"/></svg>${name}</span>`;
}

export function legendArea({ name, style }: { readonly name: string; readonly style: string }): Markup {
  return markup`<span class="key"><svg aria-hidden="true" width="12" height="12"><rect class="${style}" width="12" height="12"/></svg>${name}</span>`;
}

/**
 * A line through points in percent of the plane, or an area below it.
 * @param commands of an SVG path
 */
export function path(commands: string, style: string): Markup {
  return markup`<svg class="plane" aria-hidden="true" viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%"><path class="${style}" vector-effect="non-scaling-stroke" d="${commands}"/></svg>`;
}

function gridLine(at: number, text: string): Markup {
  return markup`<line class="grid" x1="0" x2="100%" y1="${at}%" y2="${at}%"/><text class="tick" x="-7" y="${at}%" dy="4" text-anchor="end">${text}</text>
`;
}
