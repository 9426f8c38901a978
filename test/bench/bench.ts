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
  readonly options: Readonly<Record<string, { readonly default: string; readonly about: string }>>;
  run(options: BenchOptions, progress: (line: string) => void): Promise<BenchReport>;
}

/** A whole number from an option. */
export function wholeNumber(options: BenchOptions, key: string): number {
  const value = Number(options[key]);
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`--${key} is a whole number`);
  return value;
}
