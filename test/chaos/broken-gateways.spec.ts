import type { Type } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OrdersService } from '../../apps/frontend/src/orders/orders.service.js';
import { CacheLease } from '../../apps/frontend/src/stocks/cache-lease.js';
import { StockCache } from '../../apps/frontend/src/stocks/stock-cache.js';
import { startGateway } from '../../apps/frontend/test/gateway.js';
import { isLookup, TcpProxy } from '../cluster/support/tcp-proxy.js';
import { TestSystem } from '../http/system.js';
import { stockLevels, tradesAfter } from '../system/support/books.js';
import { waitFor } from '../system/support/wait-for.js';
import { CacheWithoutVersions, EndlessLease, OrdersWithoutIds } from './broken-gateways.js';
import { faultsIn } from './judge.js';
import { Recorder, type Trail } from './recorder.js';

/** A stall of the machine can end a lease in the middle of a scenario; then a broken gateway may come through it unseen. */
const TRIES = 5;

/** A sound system, with one more gateway that is broken or not, and reaches the catalog over a wire. */
let system: TestSystem;
let wire: TcpProxy;
let gateway: { readonly app: INestApplication; readonly url: string };
let recorder: Recorder;
let purchases = 0;

beforeAll(async () => {
  system = await TestSystem.start({ RPC_TIMEOUT_MS: '600' }, { orders: 1 });
});

afterAll(() => system.stopAll());

afterEach(async () => {
  wire.stop();
  await gateway.app.close();
});

function purchase(): Trail {
  return recorder.begin({ key: `buy-${(purchases += 1)}`, name: 'Ford', type: 'buy', quantity: 2 });
}

/** Looks up until a stock comes from the gateway's cache: from then on it is told of changes. */
async function cache(name: string): Promise<void> {
  await waitFor(`${name} is cached`, async () => (await recorder.lookup(gateway.url, name))?.cache === 'HIT');
}

/** Returns the complaints of the checkers about a gateway with these parts replaced, after up to the given number of tries. */
async function verdict(
  replaced: readonly (readonly [Type, Type])[],
  scenario: () => Promise<void>,
  times: number,
): Promise<string> {
  recorder = new Recorder();
  wire = await TcpProxy.start(system.portOf('catalog-1'));
  const settings = {
    CATALOG_REPLICAS: `1=127.0.0.1:${wire.port}`,
    ORDER_REPLICAS: system.listOf('order'),
    RPC_TIMEOUT_MS: '600',
  };
  gateway = await startGateway(settings, undefined, replaced);
  const before = await stockLevels(system.url);
  const recordedBefore = (await tradesAfter(system.url, 0)).length;
  for (let played = 1; ; played += 1) {
    await scenario();
    const orders = await tradesAfter(system.url, recordedBefore);
    const faults = faultsIn(recorder, { before, after: await stockLevels(system.url), orders, recordedBefore });
    if (faults.length > 0 || played === times) return faults.join('\n');
  }
}

/** A lookup was read before a trade, and its answer arrives when the trade is over. */
async function slowLookup(): Promise<void> {
  await cache('Tesla');
  // Whatever was cached of it is void now.
  await recorder.send(system.url, purchase());
  wire.hold(isLookup);
  const late = recorder.lookup(gateway.url, 'Ford');
  await waitFor('the lookup is on its way back', () => wire.holds(isLookup));
  await recorder.send(system.url, purchase());
  wire.release();
  await late;
  await recorder.lookup(gateway.url, 'Ford');
}

/** A gateway is cut off from the catalog across a trade. */
async function cutOff(): Promise<void> {
  wire.release();
  await cache('Ford');
  wire.hold();
  await recorder.send(system.url, purchase());
  await recorder.lookup(gateway.url, 'Ford');
}

/** A client that got no answer, or has forgotten it, sends the same once more. */
async function repeat(): Promise<void> {
  const trail = purchase();
  await recorder.send(gateway.url, trail);
  await recorder.send(gateway.url, trail);
}

describe('the checkers', () => {
  it.each([
    ['a slow lookup', slowLookup],
    ['a gateway that is cut off', cutOff],
    ['a repeat', repeat],
  ])('have nothing against the gateway as it is, in %s', async (_, scenario) => {
    expect(await verdict([], scenario, 1)).toBe('');
  });

  it('find that a gateway without versions caches an old quantity', async () => {
    expect(await verdict([[StockCache, CacheWithoutVersions]], slowLookup, TRIES)).toMatch(
      /Ford: a lookup saw \d+ shares/,
    );
  });

  it('find that a gateway without leases goes on with an old quantity', async () => {
    expect(await verdict([[CacheLease, EndlessLease]], cutOff, TRIES)).toMatch(/Ford: a lookup saw \d+ shares/);
  });

  it('find that a gateway without trade ids executes a repeat', async () => {
    expect(await verdict([[OrdersService, OrdersWithoutIds]], repeat, TRIES)).toMatch(/several outcomes/);
  });
});
