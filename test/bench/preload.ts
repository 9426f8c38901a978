import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { learnerIdOf } from '#service-kit';
import type { ExchangeCommand } from '../../libs/exchange/src/exchange.command.js';
import type * as ExchangeModule from '../../libs/exchange/src/exchange.js';
import { birthOf } from '../../libs/replication/src/core/birth.js';
import type * as SqliteStorageModule from '../../libs/replication/src/storage/sqlite-storage.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { ROOT } from '#harness';
import { MANY_STOCKS } from './stocks.js';

/** Log entries in one write. */
const ENTRIES_AT_ONCE = 500;
const TERM = 1;
const STOCK = 'Ford';
const PRICE_CENTS = 1193;
const EXECUTED_AT = Date.UTC(2026, 0, 1);
/** The default of the replication options. */
const KEEP_ENTRIES = 150_000;
const GROUP_ID = 'preloaded';
/** Entries before the first trade: the birth of the group and the first stocks. */
const BEFORE_TRADES = 2;

/**
 * Puts orders on the disk of members that do not run, by the storage and the state machine of the built apps, so that
 * the files are what they would be had the members lived through all of it; only the network is left out. Each trade is
 * one log entry.
 * @param ordersOf how many an order replica has; the catalogs have all
 */
export async function preload(
  cluster: OrderCluster,
  orders: number,
  ordersOf: (id: number) => number = () => orders,
): Promise<void> {
  for (const name of cluster.groupMembers) {
    const id = Number(name.split('-')[1]);
    await write(cluster, name, name.startsWith('order') ? ordersOf(id) : orders);
  }
}

async function write(cluster: OrderCluster, name: string, orders: number): Promise<void> {
  const { Exchange } = await built<typeof ExchangeModule>('libs/exchange/src/exchange.js');
  const { SqliteStorage } = await built<typeof SqliteStorageModule>('libs/replication/src/storage/sqlite-storage.js');
  const isLearner = name.startsWith('catalog');
  const id = Number(name.split('-')[1]);
  const storage = new SqliteStorage({
    directory: cluster.dataDir(name),
    group: 'exchange',
    id: isLearner ? learnerIdOf(id) : id,
    isLearner,
    stateMachine: new Exchange(),
    voters: OrderCluster.ids,
    keepEntries: KEEP_ENTRIES,
  });
  const last = BEFORE_TRADES + orders;
  for (let first = 1; first <= last; first += ENTRIES_AT_ONCE) {
    const count = Math.min(ENTRIES_AT_ONCE, last - first + 1);
    const batch = Array.from({ length: count }, (_, i) => ({ index: first + i, term: TERM, data: dataOf(first + i) }));
    const hardState = first === 1 ? { term: TERM, vote: null } : null;
    await storage.write({ hardState, mayVote: null, storePage: null, entries: batch, apply: batch });
  }
  storage.close();
}

function dataOf(index: number): string {
  if (index === 1) return birthOf(GROUP_ID);
  return JSON.stringify(index === BEFORE_TRADES ? firstStocks() : trade(index - BEFORE_TRADES));
}

function firstStocks(): ExchangeCommand {
  const stocks = MANY_STOCKS.map((name) => ({
    name,
    priceCents: PRICE_CENTS,
    quantity: 1_000_000,
    maxTradingVolume: 0,
  }));
  return { command: 'addFirstStocks', stocks };
}

function trade(number: number): ExchangeCommand {
  return {
    command: 'trade',
    key: `preloaded-${number}`,
    name: STOCK,
    type: number % 2 === 0 ? 'buy' : 'sell',
    quantity: 1,
    executedAt: EXECUTED_AT + number,
  };
}

/** The very code that the processes run. */
async function built<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(ROOT, 'dist', path)).href)) as T;
}
