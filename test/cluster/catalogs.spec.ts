import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsInBooks } from '../system/support/books.js';
import { ask, place, Traffic } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderCluster } from './support/order-cluster.js';
import { differencesInOwnState } from './support/own-state.js';

/** Ten times the lease by which dead catalogs delay trades: the machine may be busy, and benchmarks measure exact times. */
const LONGEST_DELAY_MS = 5000;

let cluster: OrderCluster;

beforeAll(async () => {
  cluster = await OrderCluster.start({ catalogs: 2 });
});

afterAll(async () => {
  await cluster.close();
});

async function quantity(): Promise<number> {
  const { text } = await ask(cluster.url, '/stocks/Ford');
  return (JSON.parse(text) as { data: { quantity: number } }).data.quantity;
}

async function sell(): Promise<void> {
  const wish = { key: randomUUID(), name: 'Ford', type: 'sell', quantity: 1 } as const;
  expect(await place(cluster.url, wish)).toMatchObject({ status: 200 });
}

/** Runs an action while trading. Every trade must be executed without a long delay. */
async function withoutAFailedTrade(act: () => Promise<void>): Promise<void> {
  const traffic = new Traffic(cluster.url, 'Tesla');
  try {
    await traffic.waitForMore(50, LONGEST_DELAY_MS);
    await act();
    await traffic.waitForMore(50, LONGEST_DELAY_MS);
  } finally {
    await traffic.stop();
  }
  const { refused, unknown } = traffic;
  expect({ refused, unknown }, cluster.logs()).toEqual({ refused: [], unknown: [] });
  expect(await faultsInBooks(cluster.url, traffic)).toEqual([]);
}

async function expectEqualMembers(): Promise<void> {
  await cluster.waitUntilEqual();
  expect(await differencesInOwnState(cluster)).toEqual([]);
}

describe('while all catalogs are dead', () => {
  it('trading continues, lookups are STALE, and they are fresh again when one is back', async () => {
    const before = await quantity();
    await withoutAFailedTrade(async () => {
      await Promise.all(cluster.members('catalog').map((name) => cluster.kill(name)));
      await sell();
    });
    expect(await ask(cluster.url, '/stocks/Ford')).toMatchObject({ status: 200, cache: 'STALE' });
    expect(await quantity()).toBe(before);
    // This stock was never looked up.
    expect(await ask(cluster.url, '/stocks/Amc')).toMatchObject({ status: 503, reason: 'CATALOG_UNAVAILABLE' });

    await withoutAFailedTrade(async () => {
      await cluster.startProcess('catalog-2');
      await cluster.waitUntilFresh('Ford');
    });
    expect(await quantity()).toBe(before + 1);
    await sell();
    expect(await quantity()).toBe(before + 2);
    await cluster.startProcess('catalog-1');
    await cluster.waitUntilReady();
    await expectEqualMembers();
  });
});

describe('a catalog', () => {
  it.each(['kill', 'freeze'] as const)('fails over to another without a failed trade: %s', async (fault) => {
    await cluster.waitUntilFresh('Ford');
    await withoutAFailedTrade(async () => {
      if (fault === 'kill') await cluster.kill('catalog-1');
      else cluster.freeze('catalog-1');
      await sell();
      await cluster.waitUntilFresh('Ford');
      await waitFor('the cache is trusted again', async () => (await ask(cluster.url, '/stocks/Ford')).cache === 'HIT');
    });
    if (fault === 'kill') await cluster.startProcess('catalog-1');
    else cluster.resume('catalog-1');
    await cluster.waitUntilReady();
    await expectEqualMembers();
  });

  it('that has lost its disk recovers by itself', async () => {
    await withoutAFailedTrade(async () => {
      await cluster.kill('catalog-1');
      rmSync(cluster.dataDir('catalog-1'), { recursive: true });
      await cluster.startProcess('catalog-1');
      await cluster.waitUntilReady();
    });
    await expectEqualMembers();
  });

  it('that has lost its disk together with all others recovers by itself', async () => {
    await withoutAFailedTrade(async () => {
      await Promise.all(cluster.members('catalog').map((name) => cluster.kill(name)));
      for (const name of cluster.members('catalog')) rmSync(cluster.dataDir(name), { recursive: true });
      await Promise.all(cluster.members('catalog').map((name) => cluster.startProcess(name)));
      await cluster.waitUntilReady();
      await cluster.waitUntilFresh('Ford');
    });
    await expectEqualMembers();
  });
});
