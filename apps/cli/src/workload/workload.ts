import { randomBytes } from 'node:crypto';
import { ExchangeApi, HttpClient, type ListedStock } from '#harness';
import { CliError } from '../cli-error.js';
import { Ledger } from './ledger.js';
import { createRandom } from './random.js';
import { Tally } from './tally.js';
import { Trader, type TraderOptions } from './trader.js';

export interface WorkloadOptions {
  readonly url: string;
  /** Rounds; `Infinity` when only `mayGoOn` ends them. */
  readonly requests: number;
  readonly prob: number;
  readonly seed: number;
  readonly connections: number;
  readonly stocks?: readonly string[];
  readonly invalid: number;
  readonly timeoutMs: number;
  readonly trace: (line: string) => void;
  /** Asked before each round. @default always true */
  readonly mayGoOn?: () => boolean;
}

/** A run from before its first request on. Ledger and tally fill while it goes on. */
export interface PreparedRun {
  readonly exchange: ExchangeApi;
  readonly ledger: Ledger;
  readonly tally: Tally;
  /** The number of the last trade before this run. */
  readonly lastNumberBefore: number;
  readonly stocksBefore: readonly ListedStock[];
}

/** Everything that is known when the last request was answered, for the verification. */
export interface WorkloadRun extends PreparedRun {
  readonly elapsedMs: number;
}

/** Runs the classic workload. Throws a `NetworkFailure` when the exchange can't even be asked for its stocks. */
export async function runWorkload(options: WorkloadOptions): Promise<WorkloadRun> {
  return driveRun(await prepareRun(options), options);
}

/** Looks how things stand before the first request. Throws a `NetworkFailure` when the exchange can't be asked. */
export async function prepareRun(options: WorkloadOptions): Promise<PreparedRun> {
  const exchange = new ExchangeApi(new HttpClient(options));
  // In this order: a trade of another client between the two is then seen as one that came later.
  const lastNumberBefore = await exchange.lastNumber();
  const stocksBefore = await exchange.stocks();
  const ledger = new Ledger(`cli-${randomBytes(6).toString('hex')}-`);
  return { exchange, ledger, tally: new Tally(), lastNumberBefore, stocksBefore };
}

/** Sends the requests of a run, until all rounds are done or the signal is given. */
export async function driveRun(prepared: PreparedRun, options: WorkloadOptions): Promise<WorkloadRun> {
  const { exchange, ledger, tally, stocksBefore } = prepared;
  const traderOptions: TraderOptions = {
    stocks: chosenStocks(stocksBefore, options.stocks),
    allStocks: stocksBefore,
    tradeProbability: options.prob,
    invalidProbability: options.invalid,
  };
  const goesOn = (round: number): boolean => round < options.requests && options.mayGoOn?.() !== false;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: options.connections }, async (_, connection) => {
      const random = createRandom(options.seed * 1009 + connection);
      const trader = new Trader(exchange, ledger, tally, random, traderOptions, options.trace);
      // A fixed share of the rounds for each connection: the choices depend on the seed and not on who is faster.
      for (let round = connection; goesOn(round); round += options.connections) await trader.round();
    }),
  );
  return { ...prepared, elapsedMs: performance.now() - startedAt };
}

function chosenStocks(all: readonly ListedStock[], names: readonly string[] | undefined): readonly ListedStock[] {
  const unknown = (names ?? []).filter((name) => !all.some((stock) => stock.name === name));
  if (unknown.length > 0) {
    throw new CliError(
      `the exchange has no stock ${unknown.map((name) => `"${name}"`).join(', ')}`,
      `choose from ${all.map((stock) => stock.name).join(', ')}; capitals matter`,
    );
  }
  if (all.length === 0) throw new CliError('the exchange has no stocks', 'give the catalog some with CATALOG_SEED');
  return names === undefined ? all : all.filter((stock) => names.includes(stock.name));
}
