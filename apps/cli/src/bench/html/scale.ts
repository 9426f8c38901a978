const STEPS = [1, 2, 2.5, 5, 10];

/** A linear axis that begins at 0. */
export interface Scale {
  readonly max: number;
  readonly ticks: readonly number[];
}

/** An axis up to the first tick that is not below `largest`. */
export function scaleUpTo(largest: number, tickCount = 5): Scale {
  const step = stepFor(largest, tickCount);
  const count = Math.max(1, Math.ceil(rounded(largest / step)));
  return { max: rounded(count * step), ticks: ticksOf(step, count) };
}

/** An axis that ends at `max`, whether or not a tick is there. */
export function scaleEndingAt(max: number, tickCount = 6): Scale {
  const step = stepFor(max, tickCount);
  return { max: max > 0 ? max : 1, ticks: ticksOf(step, Math.floor(rounded(max / step))) };
}

/** The place of a value on an axis, in percent of its length. Beyond the axis there is nothing. */
export function percentOf({ max }: Scale, value: number): number {
  return roundPercent(Math.min(100, Math.max(0, (value / max) * 100)));
}

/** The same for a vertical axis, from the top. */
export function percentFromTop(scale: Scale, value: number): number {
  return roundPercent(100 - percentOf(scale, value));
}

/** Finer than any screen. */
export function roundPercent(percent: number): number {
  return Math.round(percent * 1000) / 1000;
}

/** A number for people, with thin spaces between thousands. */
export function figure(value: number): string {
  const [whole = '', fraction] = String(rounded(value)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The smallest round step with which an axis has at most so many ticks above 0. */
function stepFor(largest: number, tickCount: number): number {
  if (!(largest > 0)) return 1;
  const exact = largest / tickCount;
  const power = 10 ** Math.floor(Math.log10(exact));
  return rounded((STEPS.find((step) => rounded(step * power) >= rounded(exact)) ?? 10) * power);
}

function ticksOf(step: number, count: number): readonly number[] {
  return Array.from({ length: count + 1 }, (_, i) => rounded(i * step));
}

/** Without the traces of binary fractions, such as 0.30000000000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
