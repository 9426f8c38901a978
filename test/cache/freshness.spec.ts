import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, TestSystem } from '../http/system.js';
import { TcpProxy } from './tcp-proxy.js';

/** More by hand: FRESHNESS_TRADES=1000 npx vitest run test/cache */
const TRADES = Number(process.env['FRESHNESS_TRADES'] ?? 100);

/** Two gateways over one exchange, each with a wire to the catalog that the test can hold up. */
let system: TestSystem;
let proxies: TcpProxy[];
let urls: string[];

interface Seen {
  readonly quantity: number;
  readonly cache: string | null;
}

async function lookup(gateway: number, name: string): Promise<Seen> {
  const answer = await fetch(`${urls[gateway]}/stocks/${name}`);
  const { data } = (await answer.json()) as { data: { quantity: number } };
  return { quantity: data.quantity, cache: answer.headers.get('x-cache') };
}

async function buy(gateway: number, name: string, quantity = 1): Promise<void> {
  const answer = await fetch(`${urls[gateway]}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, type: 'buy', quantity }),
  });
  expect(answer.status).toBe(200);
}

/** Looks it up until it comes from the cache, and so is held there. */
async function cached(gateway: number, name: string): Promise<Seen> {
  for (;;) {
    const seen = await lookup(gateway, name);
    if (seen.cache === 'HIT') return seen;
    await pause(5);
  }
}

beforeAll(async () => {
  const stocks = JSON.stringify(
    ['Alpha', 'Beta', 'Gamma', 'Delta'].map((name) => ({ name, price: 1, quantity: 100_000 })),
  );
  system = await TestSystem.start({ CATALOG_SEED: stocks, RPC_TIMEOUT_MS: '2000' });
  proxies = [await TcpProxy.start(system.catalogPort), await TcpProxy.start(system.catalogPort)];
  urls = [];
  for (const { port } of proxies) urls.push(await system.startGateway({ CATALOG_REPLICAS: `1=127.0.0.1:${port}` }));
});

afterAll(async () => {
  for (const proxy of proxies) proxy.stop();
  await system.stopAll();
});

describe('two gateways', () => {
  it.each([
    [0, 1],
    [1, 0],
    [0, 0],
  ])('a trade through gateway %d is seen through gateway %d at once', async (trader, reader) => {
    const before = await cached(reader, 'Alpha');
    await buy(trader, 'Alpha', 3);
    expect(await lookup(reader, 'Alpha')).toEqual({ quantity: before.quantity - 3, cache: 'MISS' });
  });

  it('go on answering from the cache what was not traded', async () => {
    await cached(1, 'Beta');
    await buy(0, 'Alpha');
    expect((await lookup(1, 'Beta')).cache).toBe('HIT');
  });
});

describe('a lookup whose answer is held up across a trade', () => {
  it.each([0, 1])('leaves nothing old in the cache (trade through gateway %d)', async (trader) => {
    const [wire] = proxies;
    const { quantity } = await cached(trader, 'Gamma');
    await cached(0, 'Alpha');
    wire?.hold();
    // This answer is read before the trade, and arrives after it.
    const late = lookup(0, 'Gamma').catch(() => undefined);
    await pause(20);
    const traded = buy(trader, 'Gamma');
    // The gateway can't confirm: the trade waits for its lease to end, and not longer.
    await traded;
    wire?.release();
    await late;
    for (let i = 0; i < 20; i += 1) expect((await lookup(0, 'Gamma')).quantity).toBe(quantity - 1);
  });
});

describe('a gateway that is cut off from the catalog', () => {
  it('delays trades by no more than its lease, and answers STALE', async () => {
    const [, wire] = proxies;
    const { quantity } = await cached(1, 'Delta');
    wire?.hold();
    await buy(0, 'Delta');
    const seen = await lookup(1, 'Delta');
    expect([seen.cache, seen.quantity]).toEqual(['STALE', quantity]);
    wire?.release();
    await expect.poll(async () => lookup(1, 'Delta'), { timeout: 10_000 }).toMatchObject({ quantity: quantity - 1 });
  });
});

describe('at random', () => {
  it(`no lookup after an acknowledged trade is older than it, in ${TRADES} trades`, async () => {
    for (const proxy of proxies) proxy.delayMs = () => Math.random() * 3;
    let isDone = false;
    const hammer = async (gateway: number): Promise<void> => {
      while (!isDone) await lookup(gateway, 'Beta');
    };
    const hammers = [hammer(0), hammer(1), hammer(0), hammer(1)];
    let { quantity } = await cached(0, 'Beta');
    let hits = 0;
    for (let i = 0; i < TRADES; i += 1) {
      await buy(i % 2, 'Beta');
      quantity -= 1;
      const seen = await Promise.all([lookup(0, 'Beta'), lookup(1, 'Beta')]);
      expect(seen.map((stock) => stock.quantity)).toEqual([quantity, quantity]);
      hits += seen.filter(({ cache }) => cache === 'HIT').length;
    }
    isDone = true;
    await Promise.all(hammers);
    // Else nothing was tried.
    expect(hits).toBeGreaterThan(0);
  }, 600_000);
});
