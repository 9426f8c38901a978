import { tcpClientOptions } from '@stock-bazaar/contracts';
import { GroupClient } from '@stock-bazaar/replication';
import { unavailable } from '../../cli-error.js';
import type { System } from '../../find-system.js';
import { readCatalogBooks } from './catalog-books.js';
import { CatalogMember } from './catalog-member.js';
import { compareMembers } from './compare-members.js';
import { comparedOrders } from './compare-replicas.js';
import { Conservation, type Balance } from './conservation.js';
import { Difference } from './difference.js';
import { ReplicaOrders } from './replica-orders.js';

/** An executed trade is recorded at once, or by the sweep of the next leader. */
const CATCH_UP_LIMIT_MS = 15_000;
const PROGRESS_EVERY = 100_000;

/** What was compared, as `--json` prints it. */
export interface SystemVerification {
  readonly passed: boolean;
  /** The first thing that is wrong, in words; null when nothing is. */
  readonly difference: string | null;
  /** Orders 1 to this were compared. */
  readonly orders: number;
  readonly replicas: readonly {
    readonly name: string;
    readonly comparedUpTo: number;
    /** Why it was compared no further; null when it was compared to the end. */
    readonly problem: string | null;
  }[];
  /** The members of the catalog, when there are several. */
  readonly catalogMembers: readonly {
    readonly name: string;
    readonly stocksCompared: number;
    /** Why not all of its stocks were compared; null when they were. */
    readonly problem: string | null;
  }[];
  readonly stocks: readonly Balance[];
  readonly elapsedMs: number;
}

type Found = { -readonly [K in 'orders' | 'catalogMembers' | 'stocks']: SystemVerification[K] };

/**
 * Compares the order replicas with each other and with the catalog, and the catalog's members with each other, while
 * trading goes on. Changes nothing.
 */
export async function verifySystem(system: System, progress: (line: string) => void): Promise<SystemVerification> {
  const startedAt = performance.now();
  const tcp = tcpClientOptions(system.clusterToken);
  const orders = new GroupClient({ group: 'order', members: system.order, tcp });
  const catalog = new GroupClient({ group: 'catalog', members: system.catalog, tcp });
  const replicas = system.order.map((member) => new ReplicaOrders(orders, member));
  const members = system.catalog.map((member) => new CatalogMember(catalog, member));
  const found: Found = { orders: 0, catalogMembers: [], stocks: [] };
  let difference: string | null = null;
  try {
    await compareAll(replicas, catalog, found, progress);
    if (members.length > 1) found.catalogMembers = await compareCatalog(members, found.stocks.length);
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    difference = error.message;
  } finally {
    orders.close();
    catalog.close();
  }
  return {
    passed: difference === null,
    difference,
    ...found,
    replicas: replicas.map(({ name, comparedUpTo, problem }) => ({ name, comparedUpTo, problem })),
    elapsedMs: Math.round(performance.now() - startedAt),
  };
}

async function compareAll(
  replicas: readonly ReplicaOrders[],
  catalog: GroupClient,
  found: Found,
  progress: (line: string) => void,
): Promise<void> {
  // In this order: what is on record by now, the catalog must have executed before.
  const recorded = await lastRecorded(replicas);
  const books = await readCatalogBooks(catalog);
  if (recorded > books.lastNumber) {
    throw new Difference(
      `order ${recorded} is on record, but the last trade that the catalog knows is ${books.lastNumber}: it has ` +
        'forgotten trades. `bazaar restore-catalog` gives them back to it',
    );
  }
  await catchUp(replicas, books.lastNumber);
  const compared = replicas.filter(({ problem }) => problem === null).map(({ name }) => name);
  progress(`comparing ${books.lastNumber} orders on ${compared.join(', ')}, and ${books.stocks.length} stocks …`);
  const conservation = new Conservation(books.stocks);
  for await (const order of comparedOrders(replicas, books.lastNumber)) {
    conservation.add(order);
    found.orders = order.number;
    if (order.number % PROGRESS_EVERY === 0) progress(`${order.number} orders compared …`);
  }
  for (const replica of replicas) await checkEnd(replica, books.lastNumber);
  found.stocks = conservation.check();
}

/** A replica may lag, and then says that it is not ready. One that is short of orders and does not know it is damaged. */
async function checkEnd(replica: ReplicaOrders, lastNumber: number): Promise<void> {
  const { name, comparedUpTo, problem } = replica;
  if (problem !== null || comparedUpTo >= lastNumber) return;
  if (await replica.isReady())
    throw new Difference(`${name} has no order ${comparedUpTo + 1}, of ${lastNumber}, and takes itself for complete`);
  replica.problem = `is behind: it has no order ${comparedUpTo + 1} yet`;
}

async function compareCatalog(
  members: readonly CatalogMember[],
  stocks: number,
): Promise<SystemVerification['catalogMembers']> {
  const compared = await compareMembers(members, CATCH_UP_LIMIT_MS);
  return [...compared].map(([{ name, problem }, stocksCompared]) => ({
    name,
    stocksCompared,
    problem: problem ?? (stocksCompared < stocks ? 'was not seen in the same state as the others' : null),
  }));
}

/** The highest number that a replica has on record. Throws when too few answer to say anything. */
async function lastRecorded(replicas: readonly ReplicaOrders[]): Promise<number> {
  const numbers = (await Promise.all(replicas.map((replica) => replica.lastNumber()))).filter(
    (number) => number !== undefined,
  );
  if (numbers.length <= replicas.length / 2) {
    const words = replicas.map(({ name, problem }) => `${name} ${problem ?? 'is up'}`).join(', ');
    throw unavailable(`too few order replicas answer to be compared: ${words}`);
  }
  return Math.max(...numbers);
}

/** What the catalog had executed must come on record; a replica that lags gets time to follow. */
async function catchUp(replicas: readonly ReplicaOrders[], number: number): Promise<void> {
  const answering = replicas.filter(({ problem }) => problem === null);
  const reached = await Promise.all(answering.map((replica) => replica.reach(number, CATCH_UP_LIMIT_MS)));
  const last = Math.max(0, ...reached.filter((value) => value !== undefined));
  if (last < number) {
    throw new Difference(
      `the catalog has executed trade ${number}, but ${CATCH_UP_LIMIT_MS / 1000} s later no replica has more on ` +
        `record than ${last}`,
    );
  }
}
