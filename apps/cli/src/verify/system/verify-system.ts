import { majorityOf } from '#replication';
import { unavailable } from '../../cli-error.js';
import { exchangeClientOf } from '../../exchange-client.js';
import type { System } from '../../find-system.js';
import { comparedOrders } from './compare-orders.js';
import { compareStocks } from './compare-stocks.js';
import { Conservation, type Balance } from './conservation.js';
import { Difference } from './difference.js';
import { ExchangeMember } from './exchange-member.js';

/** How long to wait for a member that lags, in milliseconds. */
const CATCH_UP_LIMIT_MS = 15_000;
const PROGRESS_EVERY = 100_000;

/** The result of a comparison, as `--json` prints it. */
export interface SystemVerification {
  readonly passed: boolean;
  /** The first thing that is wrong, in words; null when nothing is. */
  readonly difference: string | null;
  /** Orders 1 to this were compared. */
  readonly orders: number;
  /** The order replicas, and then the catalogs. */
  readonly members: readonly {
    readonly name: string;
    readonly comparedUpTo: number;
    /** Why it was compared no further; null when it was compared to the end. */
    readonly problem: string | null;
  }[];
  readonly stocks: readonly Balance[];
  readonly elapsedMs: number;
}

type Found = { -readonly [K in 'orders' | 'stocks']: SystemVerification[K] };

/** Compares all order replicas and catalogs with each other, and their stocks with the orders, while trading goes on. Changes nothing. */
export async function verifySystem(system: System, progress: (line: string) => void): Promise<SystemVerification> {
  const startedAt = performance.now();
  const client = exchangeClientOf(system);
  const members = client.everyMember.map(({ id, name }) => new ExchangeMember(client, id, name));
  const found: Found = { orders: 0, stocks: [] };
  let difference: string | null = null;
  try {
    await Promise.all(members.map((member) => member.readStocks()));
    requireMajority(members.slice(0, system.order.length));
    await compareAll(members, found, progress);
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    difference = error.message;
  } finally {
    client.close();
  }
  return {
    passed: difference === null,
    difference,
    ...found,
    members: members.map(({ name, comparedUpTo, problem }) => ({ name, comparedUpTo, problem })),
    elapsedMs: Math.round(performance.now() - startedAt),
  };
}

/** Every executed trade is on a majority of the order replicas. With fewer of them nothing could be said of all trades. */
function requireMajority(replicas: readonly ExchangeMember[]): void {
  const answering = replicas.filter(({ problem }) => problem === null);
  if (answering.length >= majorityOf(replicas.length)) return;
  const words = replicas.map(({ name, problem }) => `${name} ${problem ?? 'is up'}`).join(', ');
  throw unavailable(`too few order replicas answer to be compared: ${words}`);
}

/** @param members have read their stocks */
export async function compareAll(
  members: readonly ExchangeMember[],
  found: Found,
  progress: (line: string) => void,
  catchUpLimitMs = CATCH_UP_LIMIT_MS,
): Promise<void> {
  const last = Math.max(...members.map(({ lastNumber }) => lastNumber));
  const books = members.map((member) => new Conservation(member));
  await Promise.all(members.map((member) => member.reach(last, catchUpLimitMs)));
  const compared = members.filter(({ problem }) => problem === null).map(({ name }) => name);
  progress(`comparing ${last} orders and all stocks on ${compared.join(', ')} …`);
  for await (const order of comparedOrders(members, last)) {
    for (const book of books) book.add(order);
    found.orders = order.number;
    if (order.number % PROGRESS_EVERY === 0) progress(`${order.number} orders compared …`);
  }
  for (const member of members) await checkEnd(member, last);
  const balances = books.map((book) => book.check());
  const withStocks = members.filter(({ stocks }) => stocks.length > 0);
  compareStocks(withStocks);
  if (withStocks.length > 0)
    for (const member of members) if (member.stocks.length === 0) member.problem ??= 'had no stocks yet';
  found.stocks = balances[members.findIndex(({ problem }) => problem === null)] ?? [];
}

/** A member may lag, and then says that it is not ready. One that is short of orders and does not know it is damaged. */
async function checkEnd(member: ExchangeMember, last: number): Promise<void> {
  const { name, comparedUpTo, problem } = member;
  if (problem !== null || comparedUpTo >= last) return;
  if (await member.isReady())
    throw new Difference(`${name} has no order ${comparedUpTo + 1}, of ${last}, and takes itself for complete`);
  member.problem = `is behind: it has no order ${comparedUpTo + 1} yet`;
}
