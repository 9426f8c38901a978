import { type ExchangeApi, type ListedStock, type ListedTrade, type TradeWish } from '#harness';
import type { Ledger } from '../workload/ledger.js';
import type { Tally } from '../workload/tally.js';

/** The trades that the exchange has recorded since this run began. */
export interface RecordedTrades {
  readonly byStock: ReadonlyMap<string, Moved>;
  readonly ofThisRun: number;
  /** Trades of other clients. */
  readonly ofOthers: number;
  /** The number of the last one. */
  readonly lastNumber: number;
}

interface Moved {
  bought: number;
  sold: number;
}

/**
 * Reads every trade since the run began. This run's must be exactly the acknowledged ones, each once, and perhaps some
 * of those whose outcome is unknown; none that was refused. Numbers rise by one.
 */
export async function verifyTrades(
  exchange: ExchangeApi,
  ledger: Ledger,
  lastNumberBefore: number,
  tally: Tally,
): Promise<RecordedTrades> {
  const missing = new Map(ledger.kept.map((trade) => [trade.key, trade]));
  const seen = new Set<string>();
  const byStock = new Map<string, Moved>();
  let [expectedNumber, ofThisRun, ofOthers] = [lastNumberBefore + 1, 0, 0];
  for await (const trade of exchange.tradesAfter(lastNumberBefore)) {
    if (trade.number !== expectedNumber)
      tally.mismatch(`trade ${trade.number} is listed where ${expectedNumber} should be`);
    expectedNumber = trade.number + 1;
    count(byStock, trade);
    if (!trade.key.startsWith(ledger.prefix)) {
      ofOthers += 1;
      continue;
    }
    ofThisRun += 1;
    const fault = seen.has(trade.key) ? 'its key was executed twice' : faultOf(trade, ledger, missing);
    if (fault !== undefined) tally.mismatch(`trade ${describe(trade)}: ${fault}`);
    seen.add(trade.key);
    missing.delete(trade.key);
  }
  for (const trade of missing.values()) tally.mismatch(`trade ${describe(trade)} was acknowledged but is not listed`);
  return { byStock, ofThisRun, ofOthers, lastNumber: expectedNumber - 1 };
}

/** Quantity and volume of each stock must have moved by exactly what was traded. */
export function verifyConservation(
  before: readonly ListedStock[],
  after: readonly ListedStock[],
  recorded: RecordedTrades,
  tally: Tally,
): void {
  for (const was of before) {
    const is = after.find((stock) => stock.name === was.name);
    const { bought, sold } = recorded.byStock.get(was.name) ?? { bought: 0, sold: 0 };
    const expected = { quantity: was.quantity - bought + sold, volume: was.volume + bought + sold };
    for (const member of ['quantity', 'volume'] as const) {
      if (is?.[member] === expected[member]) continue;
      tally.mismatch(
        `${was.name}: ${member} is ${is?.[member] ?? 'missing'}, but ${was[member]} before, ${bought} bought and ${sold} sold make ${expected[member]}`,
      );
    }
  }
}

function faultOf(
  trade: ListedTrade,
  ledger: Ledger,
  acknowledged: ReadonlyMap<string, TradeWish & { readonly number: number }>,
): string | undefined {
  const kept = acknowledged.get(trade.key);
  const wish = kept ?? ledger.unknown.get(trade.key);
  if (wish === undefined) {
    return ledger.refused.has(trade.key) ? 'it was refused, but is recorded' : 'this run never asked for it';
  }
  if (kept !== undefined && kept.number !== trade.number) return `it was acknowledged as number ${kept.number}`;
  const isSame = wish.name === trade.name && wish.type === trade.type && wish.quantity === trade.quantity;
  return isSame ? undefined : `this run asked for ${wish.type} ${wish.quantity} ${wish.name}`;
}

function count(byStock: Map<string, Moved>, { name, type, quantity }: TradeWish): void {
  const moved = byStock.get(name) ?? { bought: 0, sold: 0 };
  if (type === 'buy') moved.bought += quantity;
  else moved.sold += quantity;
  byStock.set(name, moved);
}

function describe({ number, type, quantity, name }: TradeWish & { readonly number: number }): string {
  return `${number} (${type} ${quantity} ${name})`;
}
