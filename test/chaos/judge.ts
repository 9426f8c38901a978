import type { ListedTrade, StockLevel } from '../system/support/books.js';
import { faultsInConservation, faultsInHistory } from './history-faults.js';
import { faultsInLinearizability, type StockHistory, type TradeOperation } from './linearizability.js';
import type { Lookup, Outcome, Trail } from './recorder.js';

/** The system's ledger at two moments at which no request was under way. */
export interface Books {
  readonly before: readonly StockLevel[];
  readonly after: readonly StockLevel[];
  /** Number of the last trade before the first moment. */
  readonly recordedBefore: number;
  /** The trades recorded between the two, in order of number. */
  readonly orders: readonly ListedTrade[];
}

/** The requests of clients meanwhile, and their answers. */
export interface History {
  readonly trails: readonly Trail[];
  readonly lookups: readonly Lookup[];
  readonly wrong: readonly string[];
}

/**
 * Everything that is wrong between two quiet moments. What comes before and after them can be judged on its own.
 *
 * Nothing here comes from the system under test, neither the rules of the exchange nor the checks of `bazaar verify`: a judge
 * that shared them would share their mistakes.
 */
export function faultsIn({ wrong, trails, lookups }: History, books: Books): readonly string[] {
  const { before, after, orders, recordedBefore } = books;
  return [
    ...wrong,
    ...faultsInHistory(trails, orders, recordedBefore),
    ...faultsInConservation(orders, before, after),
    ...before.flatMap(({ name, quantity }) => {
      const history: StockHistory = {
        quantity,
        trades: trails.filter(({ wish }) => wish.name === name).flatMap(operationOf),
        // One that says STALE promises nothing.
        lookups: lookups.filter((lookup) => lookup.name === name && lookup.cache !== 'STALE'),
        record: orders.filter((order) => order.name === name),
      };
      return faultsInLinearizability(history).map((fault) => `${name}: ${fault}`);
    }),
  ];
}

/** All attempts with one key are one operation; none, when each answer was "certainly not executed". */
function operationOf({ wish: { key, type, quantity }, attempts }: Trail): readonly TradeOperation[] {
  const mayHaveRun = attempts.filter(({ outcome }) => outcome.kind !== 'notExecuted');
  if (mayHaveRun.length === 0) return [];
  const decided = mayHaveRun.filter(({ outcome }) => outcome.kind === 'executed' || outcome.kind === 'refused');
  const [first] = decided.toSorted((a, b) => a.answeredAt - b.answeredAt);
  return [
    {
      key,
      change: type === 'buy' ? -quantity : quantity,
      askedAt: Math.min(...mayHaveRun.map(({ askedAt }) => askedAt)),
      answeredAt: first?.answeredAt ?? Infinity,
      outcome: toldIn(first?.outcome),
    },
  ];
}

function toldIn(outcome: Outcome | undefined): TradeOperation['outcome'] {
  if (outcome?.kind === 'executed') return outcome.number;
  return outcome?.kind === 'refused' ? 'refused' : 'unknown';
}
