import type { StockHistory, TradeOperation } from './linearizability.js';

/** The state of a stock as a sequential object: its shares, and the number of its trades on record. */
interface State {
  readonly quantity: number;
  readonly recorded: number;
}

interface Operation {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The state afterwards; undefined when the operation can't be answered like this in that state. */
  readonly apply: (state: State) => State | undefined;
}

/**
 * Whether a history is linearizable, found out by trying every order that agrees with real time (Wing and Gong, 1993).
 * Takes exponential time, and no thought: the reference for the checker that takes some.
 */
export function isLinearizable(history: StockHistory): boolean {
  const operations = operationsOf(history);
  const isHopeless = new Set<string>();
  const search = (left: readonly Operation[], state: State): boolean => {
    if (left.length === 0) return state.recorded === history.record.length;
    const place = `${left.map((operation) => operations.indexOf(operation)).join()} ${state.recorded}`;
    if (isHopeless.has(place)) return false;
    const found = left.some((operation) => {
      if (left.some((other) => other.answeredAt < operation.askedAt)) return false;
      const next = operation.apply(state);
      return (
        next !== undefined &&
        search(
          left.filter((other) => other !== operation),
          next,
        )
      );
    });
    if (!found) isHopeless.add(place);
    return found;
  };
  return search(operations, { quantity: history.quantity, recorded: 0 });
}

function operationsOf({ trades, lookups, record }: StockHistory): readonly Operation[] {
  const execute = ({ key, change, outcome }: TradeOperation, { quantity, recorded }: State): State | undefined => {
    const next = record[recorded];
    const isNext =
      next?.key === key &&
      (outcome === 'unknown' || outcome === next.number) &&
      next.number > (record[recorded - 1]?.number ?? 0);
    return isNext && quantity + change >= 0 ? { quantity: quantity + change, recorded: recorded + 1 } : undefined;
  };
  return [
    ...lookups.map(({ quantity: seen, ...times }): Operation => {
      return { ...times, apply: (state) => (state.quantity === seen ? state : undefined) };
    }),
    ...trades
      .filter(({ key, outcome }) => outcome !== 'unknown' || record.some((order) => order.key === key))
      .map((trade): Operation => {
        const { askedAt, answeredAt, change, outcome } = trade;
        if (outcome !== 'refused') return { askedAt, answeredAt, apply: (state) => execute(trade, state) };
        return { askedAt, answeredAt, apply: (state) => (state.quantity + change < 0 ? state : undefined) };
      }),
  ];
}
