import { ask, numberIn, orderText, place, type Traffic, type Wish } from './traffic.js';

/** A trade as it is on record. */
export interface ListedTrade extends Wish {
  readonly number: number;
}

export interface StockLevel {
  readonly name: string;
  readonly quantity: number;
  readonly volume: number;
}

/** Every trade on record with a number above `number`, in order. */
export async function tradesAfter(url: string, number: number): Promise<readonly ListedTrade[]> {
  const trades: ListedTrade[] = [];
  let after: number | null = number;
  while (after !== null) {
    const { text } = await ask(url, `/trades?limit=500&after=${after}`);
    const page = JSON.parse(text) as { data: readonly ListedTrade[]; next: number | null };
    trades.push(...page.data);
    after = page.next;
  }
  return trades;
}

/** Asks a catalog for all stocks. Rejects when it can't prove that they are the newest. */
export async function stockLevels(url: string): Promise<readonly StockLevel[]> {
  const { status, text, cache } = await ask(url, '/stocks');
  if (status !== 200 || cache === 'STALE')
    throw new Error(`the stocks are not certain: ${status} ${cache ?? ''} ${text}`);
  return (JSON.parse(text) as { data: readonly StockLevel[] }).data;
}

/**
 * Compares what clients were told with what is on record. Returns everything that is wrong. Requests without a clear
 * answer are repeated with their key first, which settles them.
 */
export async function faultsInBooks(url: string, traffic: Traffic): Promise<readonly string[]> {
  const faults = [...traffic.wrong];
  const settled = new Map(traffic.acknowledged);
  for (const wish of traffic.unknown) {
    const reply = await place(url, wish);
    if (reply.status !== 200) faults.push(`repeat of ${wish.key} -> ${reply.status} ${reply.text}`);
    else settled.set(numberIn(reply), wish);
  }
  for (const [number, wish] of settled) {
    const { status, text } = await ask(url, `/orders/${number}`);
    if (status !== 200 || text !== orderText(wish, number)) {
      faults.push(`order ${number} should be ${orderText(wish, number)}, is ${status} ${text}`);
    }
  }
  return [...faults, ...faultsInList(await tradesAfter(url, 0), settled, traffic)];
}

function faultsInList(
  trades: readonly ListedTrade[],
  settled: ReadonlyMap<number, Wish>,
  traffic: Traffic,
): readonly string[] {
  const keys = trades.map((trade) => trade.key);
  const doubled = keys.filter((key, i) => keys.indexOf(key) !== i);
  const refused = new Set(traffic.refused.map((wish) => wish.key));
  return [
    ...trades.filter((trade, i) => trade.number !== i + 1).map(({ number }) => `number ${number} is out of its place`),
    ...doubled.map((key) => `key ${key} was executed twice`),
    ...trades.filter(({ key }) => refused.has(key)).map(({ number }) => `trade ${number} had been refused with 503`),
    ...[...settled]
      .filter(([number, { key }]) => trades[number - 1]?.key !== key)
      .map(([n]) => `trade ${n} has another key`),
  ];
}
