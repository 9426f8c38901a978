import { MAX_STOCK_QUANTITY, type Stock, type Trade } from '@stock-bazaar/contracts';
import type { OutcomeTable } from './outcome.table.js';
import type { StockTable } from './stock.table.js';

/** What became of trades that were to be restored. */
export interface Restored {
  /** Number of the last executed trade afterwards. */
  readonly lastNumber: number;
  /** Why the first of the trades that were left out does not fit; null when all are there now. */
  readonly problem: string | null;
}

/**
 * Executes trades that are on record once more, exactly as they were, in order of number: the shares move, and each key
 * keeps its outcome. Trades that are there already are compared, so it does no harm to repeat it. The rules of the
 * exchange are not asked again; what would break the books is refused, and with it all that follows.
 */
export function restoreTrades(
  trades: readonly Trade[],
  { stocks, outcomes }: { readonly stocks: StockTable; readonly outcomes: OutcomeTable },
  version: number,
): Restored {
  for (const trade of trades) {
    const { lastNumber } = outcomes;
    const problem =
      trade.number <= lastNumber
        ? whyNotTheSame(trade, outcomes)
        : (whyNotNext(trade, lastNumber, outcomes) ?? execute(trade, stocks, version));
    if (problem !== undefined) return { lastNumber, problem };
    if (trade.number > lastNumber) outcomes.addTrade(trade);
  }
  return { lastNumber: outcomes.lastNumber, problem: null };
}

function whyNotTheSame(trade: Trade, outcomes: OutcomeTable): string | undefined {
  const [executed] = outcomes.executedAfter(trade.number - 1, 1);
  const isSame =
    executed !== undefined &&
    (Object.keys(executed) as (keyof Trade)[]).every((member) => executed[member] === trade[member]);
  if (isSame) return undefined;
  return `trade ${trade.number} is on record with key ${trade.key}, but the catalog has executed another one under that number`;
}

function whyNotNext({ number, key }: Trade, lastNumber: number, outcomes: OutcomeTable): string | undefined {
  // Only an order leader's own word shows that this catalog has forgotten, and is no other exchange's.
  if (number > outcomes.recordedUpTo) return `trade ${number} is on no record that an order leader has told of`;
  if (number > lastNumber + 1) return `trade ${lastNumber + 1} comes before trade ${number}, and is missing`;
  if (outcomes.find(key) === undefined) return undefined;
  return `the key ${key} of trade ${number} has another outcome in this catalog`;
}

/** Moves the shares, unless the first stocks can't be those with which the trade was made. */
function execute(
  { number, name, type, quantity, priceCents }: Trade,
  stocks: StockTable,
  version: number,
): string | undefined {
  const stock: Stock | undefined = stocks.find(name);
  if (stock === undefined) return `trade ${number} is of ${name}, which is not among the first stocks`;
  if (stock.priceCents !== priceCents)
    return `trade ${number} was made at ${priceCents} cents, but ${name} costs ${stock.priceCents} among the first stocks`;
  const left = type === 'buy' ? stock.quantity - quantity : stock.quantity + quantity;
  if (left < 0 || left > MAX_STOCK_QUANTITY)
    return `trade ${number} (${type} ${quantity} ${name}) is impossible with the ${stock.quantity} shares that are left of the first stocks`;
  stocks.save({ ...stock, quantity: left, volume: stock.volume + quantity, version });
  return undefined;
}
