export type BenchOptions = Readonly<Record<string, string>>;

export interface BenchReport {
  /** One for each line of the table, by column. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Lines below the table. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** An option whose default is `no` takes no value, and is `yes` when it is given. */
  readonly options: Readonly<Record<string, { readonly default: string; readonly about: string }>>;
  run(options: BenchOptions, progress: (line: string) => void): Promise<BenchReport>;
}

/** A whole number from an option. */
export function wholeNumber(options: BenchOptions, key: string, min = 0): number {
  const value = Number(options[key]);
  if (!Number.isSafeInteger(value) || value < min) throw new TypeError(`--${key} is a whole number, at least ${min}`);
  return value;
}

/** A time in seconds from an option, in milliseconds. */
export function secondsInMs(options: BenchOptions, key: string): number {
  const value = Number(options[key]);
  if (!(value > 0)) throw new TypeError(`--${key} is a number of seconds`);
  return value * 1000;
}

/** A list of whole numbers, none above `max`, with commas between them. */
export function wholeNumbers(options: BenchOptions, key: string, max: number): readonly number[] {
  const values = (options[key] ?? '').split(',').map(Number);
  if (!values.every((value) => Number.isSafeInteger(value) && value > 0 && value <= max))
    throw new TypeError(`--${key} are whole numbers up to ${max}, with commas between them`);
  return values;
}
