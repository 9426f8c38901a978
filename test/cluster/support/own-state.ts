import { createHash } from 'node:crypto';
import { EXCHANGE_PATTERNS, type OwnDigest, type OwnOrders, type OwnStock, type OwnStocks } from '#contracts';
import { askReplica } from './ask-replica.js';
import type { OrderCluster } from './order-cluster.js';

const CALL = { requestId: 'own-state', timeoutMs: 5000 };
const ORDERS_AT_ONCE = 1000;
const STOCKS_AT_ONCE = 1000;
const DIGEST_OF = 10_000;

/** Returns the differences between the states of order replicas and catalogs. Must be called while no request is in progress. */
export async function differencesInOwnState(cluster: OrderCluster): Promise<readonly string[]> {
  const names = cluster.groupMembers;
  const [first, ...others] = await Promise.all(
    names.map(async (name) => ({ name, parts: await ownState(cluster.port(name)) })),
  );
  return others.flatMap(({ name, parts }) =>
    Object.entries(parts)
      .filter(([part, text]) => first?.parts[part] !== text)
      .map(([part, text]) => `${part} of ${first?.name}: ${first?.parts[part]}, of ${name}: ${text}`),
  );
}

/** Returns a member's whole state, as texts that can be compared. */
async function ownState(port: number): Promise<Readonly<Record<string, string>>> {
  const hash = createHash('sha256');
  let lastNumber = 0;
  for (let after = 0, isMore = true; isMore; after = Math.min(after + ORDERS_AT_ONCE, lastNumber)) {
    const page = await say<OwnOrders>(port, EXCHANGE_PATTERNS.ownOrders, { after, limit: ORDERS_AT_ONCE });
    for (const order of page.orders) hash.update(JSON.stringify(order));
    lastNumber = page.lastNumber;
    isMore = after + page.orders.length < lastNumber;
    if (isMore && page.orders.length < ORDERS_AT_ONCE) throw new Error(`a gap after order ${after}`);
  }
  return {
    orders: `${lastNumber}, ${hash.digest('hex')}`,
    stocks: JSON.stringify(await stocksOf(port)),
    digests: (await digestsOf(port, lastNumber)).join(' '),
  };
}

async function stocksOf(port: number): Promise<readonly OwnStock[]> {
  const stocks: OwnStock[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const from = after === undefined ? {} : { after };
    const page: OwnStocks = await say(port, EXCHANGE_PATTERNS.ownStocks, { ...from, limit: STOCKS_AT_ONCE });
    stocks.push(...page.stocks);
    after = page.next;
  }
  return stocks;
}

async function digestsOf(port: number, lastNumber: number): Promise<readonly string[]> {
  const digests: string[] = [];
  for (let after = 0; after < lastNumber; after += DIGEST_OF)
    digests.push((await say<OwnDigest>(port, EXCHANGE_PATTERNS.ownDigest, { after, limit: DIGEST_OF })).digest);
  return digests;
}

async function say<T>(port: number, pattern: string, call: object): Promise<T> {
  const answer = await askReplica<T>(port, pattern, { ...CALL, ...call }, CALL.timeoutMs);
  if (answer === undefined) throw new Error(`the member at port ${port} does not answer ${pattern}`);
  return answer;
}
