import { setTimeout as pause } from 'node:timers/promises';
import {
  CATALOG_PATTERNS,
  MAX_TRADES_RESTORED,
  ORDER_PATTERNS,
  tcpClientOptions,
  type AuditPage,
  type OrderPage,
  type RestoreAnswer,
} from '@stock-bazaar/contracts';
import { GroupClient } from '@stock-bazaar/replication';
import { callGroup } from '../call-group.js';
import { CliError } from '../cli-error.js';
import type { System } from '../find-system.js';

const PROGRESS_EVERY = 10_000;
const HEARD_LIMIT_MS = 10_000;
const POLL_INTERVAL_MS = 200;

/** What was done, as `--json` prints it. */
export interface Restoration {
  /** Trades that the catalog had forgotten, and has again. */
  readonly restored: number;
  /** Number of the last trade that the catalog has. */
  readonly lastNumber: number;
}

/**
 * Gives a catalog that has forgotten trades everything that the order group has on record, page by page in order of
 * number. Each page is one entry of the catalog's own log, and taken once however often it comes, so this may be cut off
 * at any moment and begun again.
 */
export async function restoreCatalog(system: System, progress: (line: string) => void): Promise<Restoration> {
  const tcp = tcpClientOptions(system.clusterToken);
  const orders = new GroupClient({ group: 'order', members: system.order, tcp });
  const catalog = new GroupClient({ group: 'catalog', members: system.catalog, tcp });
  try {
    const before = await readyToRestore(orders, catalog);
    progress(`the catalog knows ${before} trades; reading what is on record …`);
    const lastNumber = await replay(orders, catalog, before, progress);
    return { restored: Math.max(0, lastNumber - before), lastNumber };
  } finally {
    orders.close();
    catalog.close();
  }
}

/**
 * The number of the last trade that the catalog knows. When more are on record it is waited for that an order leader has
 * told the catalog so, which each does every second: a catalog believes nobody else.
 */
async function readyToRestore(orders: GroupClient, catalog: GroupClient): Promise<number> {
  const deadline = performance.now() + HEARD_LIMIT_MS;
  for (;;) {
    const { lastNumber, recordedUpTo } = await callGroup<AuditPage>(catalog, CATALOG_PATTERNS.audit, { limit: 1 });
    const more = await callGroup<OrderPage>(orders, ORDER_PATTERNS.list, { after: lastNumber, limit: 1 });
    if (more.orders.length === 0 || recordedUpTo > lastNumber) return lastNumber;
    if (performance.now() >= deadline) throw unheard(lastNumber + 1);
    await pause(POLL_INTERVAL_MS);
  }
}

async function replay(
  orders: GroupClient,
  catalog: GroupClient,
  before: number,
  progress: (line: string) => void,
): Promise<number> {
  let lastNumber = before;
  // One page of what it knows is compared first: a catalog that went its own way must not be mixed with the record.
  for (let after: number | null = Math.max(0, before - MAX_TRADES_RESTORED); after !== null;) {
    const changed = lastNumber > before ? `the trades up to ${lastNumber} are restored` : undefined;
    const page: OrderPage = await callGroup(
      orders,
      ORDER_PATTERNS.list,
      { after, limit: MAX_TRADES_RESTORED },
      changed,
    );
    if (page.orders.length > 0) {
      const answer: RestoreAnswer = await callGroup(
        catalog,
        CATALOG_PATTERNS.restore,
        { trades: page.orders },
        changed,
      );
      if (answer.problem !== null) throw contradiction(answer.problem, changed);
      const isWorthTelling = Math.floor(answer.lastNumber / PROGRESS_EVERY) > Math.floor(lastNumber / PROGRESS_EVERY);
      lastNumber = Math.max(lastNumber, answer.lastNumber);
      if (isWorthTelling) progress(`${lastNumber} trades restored …`);
    }
    after = page.next;
  }
  return lastNumber;
}

function contradiction(problem: string, changed = 'nothing was changed'): CliError {
  return new CliError(
    `the catalog contradicts the record: ${problem}; ${changed}`,
    'stop all catalog members, move their data directories away, start them with the CATALOG_SEED with which the ' +
      'exchange began, and repeat this',
  );
}

function unheard(number: number): CliError {
  return new CliError(
    `order ${number} is on record and the catalog lacks it, but no order leader has told the catalog so; nothing was changed`,
    'see that ORDER_REPLICAS and CATALOG_REPLICAS name the same system, and `bazaar status` that its order leader is ready',
  );
}
