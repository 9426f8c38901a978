import { differences } from '../../workload/compare.js';
import { Difference } from './difference.js';
import type { ExchangeMember, HeldStock } from './exchange-member.js';

/**
 * Throws a `Difference` at the first stock that two members do not have alike: in everything when it was read after the same
 * order, or in the same version; else in what no trade changes.
 */
export function compareStocks(members: readonly ExchangeMember[]): void {
  const [one, ...others] = members;
  if (one === undefined) return;
  for (const other of others) {
    const theirs = stocksByName(other);
    for (const stock of one.stocks) compareStock(one, stock, other, theirs.get(stock.name));
    const mine = stocksByName(one);
    const extra = other.stocks.find(({ name }) => !mine.has(name));
    if (extra !== undefined) throw new Difference(`${other.name} has a stock that ${one.name} lacks: ${extra.name}`);
  }
}

function compareStock(
  one: ExchangeMember,
  mine: HeldStock,
  other: ExchangeMember,
  theirs: HeldStock | undefined,
): void {
  if (theirs === undefined) throw new Difference(`${one.name} has a stock that ${other.name} lacks: ${mine.name}`);
  const isSameState = mine.lastNumber === theirs.lastNumber || mine.version === theirs.version;
  const { lastNumber, quantity, volume, version } = mine;
  const [first] = differences(
    { ...mine },
    { ...theirs, lastNumber, ...(!isSameState && { quantity, volume, version }) },
  );
  if (first === undefined) return;
  throw new Difference(
    `${mine.name} differs on ${other.name}: ${first} as on ${one.name}\n` +
      `  ${one.name}: ${JSON.stringify(mine)}\n  ${other.name}: ${JSON.stringify(theirs)}`,
  );
}

function stocksByName({ stocks }: ExchangeMember): ReadonlyMap<string, HeldStock> {
  return new Map(stocks.map((stock) => [stock.name, stock]));
}
