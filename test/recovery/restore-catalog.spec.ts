import { CATALOG_PATTERNS, parseMembers, type Order } from '@stock-bazaar/contracts';
import { GroupClient } from '@stock-bazaar/replication';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreCatalog, type Restoration } from '../../apps/cli/src/restore/restore-catalog.js';
import { verifySystem, type SystemVerification } from '../../apps/cli/src/verify/system/verify-system.js';
import type { System } from '../../apps/cli/src/find-system.js';
import { TestSystem } from '../http/system.js';

let system: TestSystem;
let members: System;

function silent(): void {
  // Progress is for people.
}

async function trade(key: string, name: string, type: 'buy' | 'sell', quantity: number): Promise<unknown> {
  const { body } = await system.http.post('/orders').set('Idempotency-Key', key).send({ name, type, quantity });
  return body;
}

/** Puts another catalog in the place of the one that there is, and waits until it knows that it lacks trades. */
async function replaceCatalog(dataDir: string, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await system.stop('catalog');
  await system.start('catalog', { dataDir, settings });
  await expect
    .poll(() => trade('probe', 'Ford', 'buy', 1), { timeout: 10_000 })
    .toMatchObject({ error: { reason: 'CATALOG_BEHIND' } });
}

/** Where the gateway takes a stock from. */
async function lookup(name: string): Promise<unknown> {
  return (await system.http.get(`/stocks/${name}`)).headers['x-cache'];
}

function restore(): Promise<Restoration> {
  return restoreCatalog(members, silent);
}

function verify(): Promise<SystemVerification> {
  return verifySystem(members, silent);
}

/** Twelve hundred trades are three pages; they go on record as fast as by many clients. */
async function tradeMuch(count: number): Promise<void> {
  for (let done = 0; done < count; done += 50) {
    const batch = Array.from({ length: Math.min(50, count - done) }, (_, i) =>
      trade(`t${done + i}`, i % 2 === 0 ? 'Ford' : 'Nike', i % 3 === 0 ? 'buy' : 'sell', 1 + (i % 10)),
    );
    await Promise.all(batch);
  }
}

beforeEach(async () => {
  system = await TestSystem.start();
  members = {
    order: parseMembers(`1=127.0.0.1:${system.orderPort}`),
    catalog: parseMembers(`1=127.0.0.1:${system.catalogPort}`),
    clusterToken: undefined,
  };
});

afterEach(() => system.stopAll());

describe('a catalog that has forgotten everything', () => {
  it('is rebuilt from its first stocks and the record, keeps the outcome of every key, and trades on', async () => {
    expect(await trade('a', 'GameStart', 'buy', 30)).toEqual({ data: { transaction_number: 1 } });
    expect(await trade('b', 'GameStart', 'sell', 5)).toEqual({ data: { transaction_number: 2 } });
    await trade('refused', 'GameStart', 'buy', 5000);
    await replaceCatalog('empty');
    expect(await verify()).toMatchObject({
      passed: false,
      difference: expect.stringMatching(/has forgotten trades/) as string,
    });

    expect(await restore()).toEqual({ restored: 2, lastNumber: 2 });
    expect(await trade('a', 'GameStart', 'buy', 30)).toEqual({ data: { transaction_number: 1 } });
    expect(await trade('c', 'Tesla', 'buy', 1)).toEqual({ data: { transaction_number: 3 } });
    const { body } = await system.http.get('/stocks/GameStart').expect(200);
    expect(body).toEqual({ data: { name: 'GameStart', price: 15.99, quantity: 975 } });
    expect(await verify()).toMatchObject({ passed: true, orders: 3, difference: null });
    // There is nothing left to do.
    expect(await restore()).toEqual({ restored: 0, lastNumber: 3 });
  });

  it('is rebuilt in pages, and from where it was when that was cut off', async () => {
    await tradeMuch(1200);
    await replaceCatalog('empty');
    const orders = await system.http.get('/trades').query({ limit: 300 }).expect(200);
    const { data } = orders.body as unknown as {
      data: (Omit<Order, 'priceCents' | 'executedAt'> & { price: number; executedAt: string })[];
    };
    await restoreFirst(
      data.map(({ price, executedAt, ...order }) => ({
        ...order,
        priceCents: Math.round(price * 100),
        executedAt: Date.parse(executedAt),
      })),
    );
    await replaceCatalog('empty');
    expect(await restore()).toEqual({ restored: 900, lastNumber: 1200 });
    expect(await verify()).toMatchObject({ passed: true, orders: 1200 });
  });

  it('is cached again by a gateway that ran all the time, and knows far higher versions', async () => {
    await tradeMuch(100);
    await expect.poll(() => lookup('Ford'), { timeout: 10_000 }).toBe('HIT');
    await replaceCatalog('empty');
    await restore();
    await expect.poll(() => lookup('Ford'), { timeout: 10_000 }).toBe('HIT');
  });

  it('is not rebuilt on other first stocks', async () => {
    await trade('a', 'Ford', 'buy', 500);
    await replaceCatalog('other', {
      CATALOG_SEED: '[{"name":"Ford","price":11.93,"quantity":400,"maxTradingVolume":0}]',
    });
    await expect(restore()).rejects.toThrow(/trade 1 \(buy 500 Ford\) is impossible.*nothing was changed/);
  });
});

/** What a restoration does that is cut off after a few hundred trades. */
async function restoreFirst(trades: readonly Order[]): Promise<void> {
  const catalog = new GroupClient({ group: 'catalog', members: members.catalog });
  try {
    for (let problem: string | null = ''; problem !== null;) {
      const call = { trades, requestId: 'cut-off' };
      ({ problem } = await catalog.call<{ problem: string | null }>(CATALOG_PATTERNS.restore, call, {
        timeoutMs: 5000,
        repeatable: true,
      }));
    }
  } finally {
    catalog.close();
  }
}
