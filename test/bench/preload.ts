import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CatalogCommand } from '../../apps/catalog/src/stocks/catalog.command.js';
import type { OrderCommand } from '../../apps/order/src/orders/order.command.js';
import type { Trade } from '../../libs/contracts/src/catalog.contract.js';
import { birthOf } from '../../libs/replication/src/core/birth.js';
import type { StateMachine } from '../../libs/replication/src/state-machine.js';
import type * as SqliteStorageModule from '../../libs/replication/src/storage/sqlite-storage.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { ROOT } from '../system/support/bazaar.js';
import { MANY_STOCKS } from './stocks.js';

/** Log entries in one write. */
const ENTRIES_AT_ONCE = 500;
const TERM = 1;
const STOCK = 'Ford';
const PRICE_CENTS = 1193;
const EXECUTED_AT = Date.UTC(2026, 0, 1);
/** The default of the replication options. */
const KEEP_ENTRIES = 150_000;

type Machine = StateMachine<unknown, unknown>;

interface Member {
  readonly app: 'order' | 'catalog';
  readonly id: number;
  readonly stateMachine: Machine;
}

/** Something that a member has written: commands, numbered from 1, each an entry behind the one that names the group. */
interface Entries {
  readonly count: number;
  readonly command: (number: number) => OrderCommand | CatalogCommand;
}

/**
 * Puts orders on the disk of members that do not run, by the storage and the state machines of the built apps, so that
 * the files are what they would be had the members lived through all of it; only the network is left out. One trade in
 * each log entry: the most that a log can hold, as if no two had ever come together.
 */
export async function preload(cluster: OrderCluster, orders: number, ordersOf: (id: number) => number): Promise<void> {
  const { OrderBook } = await built<{ OrderBook: new () => Machine }>('order', 'apps/order/src/orders/order-book.js');
  const { StockBook } = await built<{ StockBook: new () => Machine }>(
    'catalog',
    'apps/catalog/src/stocks/stock-book.js',
  );
  for (const id of [1, 2, 3]) {
    const command = (number: number): OrderCommand => ({ type: 'record', trades: [trade(number)] });
    await write(cluster, { app: 'order', id, stateMachine: new OrderBook() }, { count: ordersOf(id), command });
  }
  const command = (number: number): CatalogCommand => (number === 1 ? seed() : catalogTrade(number - 1));
  await write(cluster, { app: 'catalog', id: 1, stateMachine: new StockBook() }, { count: orders + 1, command });
}

async function write(cluster: OrderCluster, { app, id, stateMachine }: Member, entries: Entries): Promise<void> {
  // A member without any history has no files either.
  if (entries.count === 0) return;
  const { SqliteStorage } = await built<typeof SqliteStorageModule>(
    app,
    'libs/replication/src/storage/sqlite-storage.js',
  );
  const storage = new SqliteStorage({
    directory: cluster.dataDir(`${app}-${id}`),
    group: app,
    id,
    stateMachine,
    members: app === 'catalog' ? [1] : OrderCluster.ids,
    keepEntries: KEEP_ENTRIES,
  });
  const dataOf = (index: number): string =>
    index === 1 ? birthOf(groupIdOf(app)) : JSON.stringify(entries.command(index - 1));
  const last = entries.count + 1;
  for (let first = 1; first <= last; first += ENTRIES_AT_ONCE) {
    const count = Math.min(ENTRIES_AT_ONCE, last - first + 1);
    const batch = Array.from({ length: count }, (_, i) => ({ index: first + i, term: TERM, data: dataOf(first + i) }));
    const hardState = first === 1 ? { term: TERM, vote: null } : null;
    await storage.write({ hardState, mayVote: null, storePage: null, entries: batch, apply: batch });
  }
  storage.close();
}

function groupIdOf(app: Member['app']): string {
  return `preloaded-${app}`;
}

function trade(number: number): Trade {
  return {
    number,
    key: `preloaded-${number}`,
    name: STOCK,
    type: number % 2 === 0 ? 'buy' : 'sell',
    quantity: 1,
    priceCents: PRICE_CENTS,
    executedAt: EXECUTED_AT + number,
  };
}

function catalogTrade(number: number): CatalogCommand {
  const { key, name, type: side, quantity, executedAt } = trade(number);
  const claim = { recordedUpTo: number - 1, orderTerm: TERM, orderGroup: groupIdOf('order') };
  return { type: 'trade', key, name, side, quantity, executedAt, ...claim };
}

function seed(): CatalogCommand {
  return {
    type: 'seed',
    incarnation: 'preloaded',
    stocks: MANY_STOCKS.map((name) => ({ name, priceCents: PRICE_CENTS, quantity: 1_000_000, maxTradingVolume: 0 })),
  };
}

/** The very code that the processes run. */
async function built<T>(app: string, path: string): Promise<T> {
  return (await import(pathToFileURL(join(ROOT, 'dist', 'apps', app, path)).href)) as T;
}
