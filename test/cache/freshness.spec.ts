import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../system/support/wait-for.js';
import { isChange } from '../cluster/support/tcp-proxy.js';
import { TwoGateways } from './two-gateways.js';

/** Number of trades. To run more: FRESHNESS_TRADES=1000 npx vitest run test/cache */
const TRADES = Number(process.env['FRESHNESS_TRADES'] ?? 60);
const FIRST_QUANTITY = 100_000;
/** Maximum delay of an answer, in milliseconds. Delayed answers overtake each other. */
const LONGEST_DELAY_MS = 3;

let gateways: TwoGateways;

beforeAll(async () => {
  gateways = await TwoGateways.start(['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'], FIRST_QUANTITY);
});

beforeEach(() => gateways.beginHistory());

afterAll(() => gateways.stop());

describe('two gateways', () => {
  it.each([
    [0, 1],
    [1, 0],
    [0, 0],
  ])('a trade through gateway %d is seen through gateway %d at once', async (trader, reader) => {
    const before = await gateways.cached(reader, 'Alpha');
    await gateways.buy(trader, 'Alpha', 3);
    expect(await gateways.lookup(reader, 'Alpha')).toMatchObject({ quantity: before.quantity - 3, cache: 'MISS' });
    expect(await gateways.faults()).toEqual([]);
  });

  it('keep answering from the cache for stocks that were not traded', async () => {
    await gateways.cached(1, 'Beta');
    await gateways.buy(0, 'Alpha');
    expect((await gateways.lookup(1, 'Beta')).cache).toBe('HIT');
  });
});

describe('a gateway without a connection to its catalog', () => {
  it('delays trades by at most its lease, and answers STALE', async () => {
    const [, wire] = gateways.wires;
    const { quantity } = await gateways.cached(1, 'Delta');
    wire.hold();
    await gateways.buy(0, 'Delta');
    expect(await gateways.lookup(1, 'Delta')).toMatchObject({ quantity, cache: 'STALE' });
    wire.release();
    await expect.poll(() => gateways.lookup(1, 'Delta'), { timeout: 10_000 }).toMatchObject({ quantity: quantity - 1 });
    expect(await gateways.faults()).toEqual([]);
  });
});

describe('a trade of which one gateway has no notice yet', () => {
  it.each([0, 1])('is not shown by the other one (gateway %d) before that', async (reader) => {
    const uninformed = 1 - reader;
    const wire = gateways.wires[uninformed];
    const { quantity } = await gateways.cached(uninformed, 'Gamma');
    await gateways.cached(reader, 'Gamma');
    wire?.hold(isChange);
    const traded = gateways.buy(reader, 'Gamma');
    await waitFor('the trade shows', async () => (await gateways.lookup(reader, 'Gamma')).quantity < quantity);
    await gateways.lookup(uninformed, 'Gamma');
    wire?.release();
    await traded;
    expect(await gateways.faults()).toEqual([]);
  });

  it('does not show in a refusal before that', async () => {
    const [, wire] = gateways.wires;
    const { quantity } = await gateways.cached(1, 'Epsilon');
    wire.hold(isChange);
    let isTraded = false;
    const traded = gateways.buy(0, 'Epsilon', quantity).finally(() => (isTraded = true));
    await waitFor('the trade is executed', () => wire.holds(isChange) || isTraded);
    expect(await gateways.buy(0, 'Epsilon', 1)).toMatchObject({ kind: 'refused' });
    await gateways.lookup(1, 'Epsilon');
    wire.release();
    await traded;
    expect(await gateways.faults()).toEqual([]);
  });
});

describe('at random', () => {
  it(`no lookup is older than an earlier answer or acknowledgement, in ${TRADES} trades`, async () => {
    for (const wire of gateways.wires) wire.delayMs = () => Math.random() * LONGEST_DELAY_MS;
    let isDone = false;
    let hits = 0;
    const hammer = async (gateway: number): Promise<void> => {
      while (!isDone) {
        hits += (await gateways.lookup(gateway, 'Beta')).cache === 'HIT' ? 1 : 0;
        await pause(Math.random() * LONGEST_DELAY_MS);
      }
    };
    const hammers = [hammer(0), hammer(1), hammer(0), hammer(1)];
    for (let i = 0; i < TRADES; i += 1) {
      await gateways.buy(i % 2, 'Beta');
      await Promise.all([gateways.lookup(0, 'Beta'), gateways.lookup(1, 'Beta')]);
    }
    isDone = true;
    await Promise.all(hammers);
    expect(await gateways.faults()).toEqual([]);
    // Otherwise the test would prove nothing.
    expect(hits).toBeGreaterThan(0);
  }, 600_000);
});
