import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, place, Traffic } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderCluster } from './support/order-cluster.js';

let cluster: OrderCluster;

beforeAll(async () => {
  cluster = await OrderCluster.start();
});

afterAll(async () => {
  await cluster.close();
});

async function trade(count: number): Promise<void> {
  const traffic = new Traffic(cluster.url, 'Ford', 4);
  try {
    await traffic.waitForMore(count, 60_000);
  } finally {
    await traffic.stop();
  }
  expect(traffic.wrong).toEqual([]);
}

/** Returns the database and its side files, but not the files with the directory's owner and the mark. */
function databaseFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((file) => file.startsWith('exchange-') && file.includes('.db'));
}

/** Expects that a member that reports "ready" has everything that was committed before. */
async function expectReadyMeansCaughtUp(id: number, committed: number): Promise<void> {
  await waitFor(`order-${id} is ready`, async () => {
    const status = await cluster.status(id);
    if (status?.ready !== true) return false;
    expect(status.appliedIndex).toBeGreaterThanOrEqual(committed);
    return true;
  });
}

describe('a process without a terminal', () => {
  it.each(['order-2', 'catalog-1', 'frontend-1'])(
    'survives the hang-up of a terminal, as under nohup: %s',
    async (name) => {
      process.kill(cluster.pid(name), 'SIGHUP');
      await trade(20);
      expect(cluster.isRunning(name)).toBe(true);
    },
  );
});

describe('a replica that was down', () => {
  it('is ready once it has everything committed before, and reports how far behind it was', async () => {
    await cluster.kill('order-1');
    await trade(300);
    const committed = (await cluster.status(await cluster.waitForLeader()))?.commitIndex ?? Infinity;
    await cluster.startProcess('order-1');
    await expectReadyMeansCaughtUp(1, committed);
    await waitFor('it says so', () =>
      /rejoined, \d+ entr(?:y|ies) behind, caught up in \d+ ms/.test(cluster.log('order-1')),
    );
    await cluster.waitUntilEqual();
  });
});

describe('a replica with amnesia', () => {
  it('does not vote until it was brought up to date, and reports that', async () => {
    await trade(50);
    await Promise.all([cluster.kill('order-1'), cluster.kill('order-2')]);
    const directory = cluster.dataDir('order-1');
    for (const file of databaseFiles(directory)) rmSync(join(directory, file));
    await cluster.startProcess('order-1');

    await waitFor('it says what is wrong', async () =>
      ((await cluster.status(1))?.notReadyBecause ?? '').includes('has forgotten what it promised'),
    );
    expect((await ask(cluster.url, '/cluster')).text).toContain('has forgotten what it promised');
    // Two of three are up. During the deadline of a trade, ten election timeouts, its vote would make a leader.
    const answer = await place(cluster.url, { key: randomUUID(), name: 'Ford', type: 'sell', quantity: 1 });
    expect(answer, answer.text).toMatchObject({ status: 503, reason: 'NO_LEADER' });
    expect(await cluster.leader()).toBeUndefined();

    await cluster.startProcess('order-2');
    await cluster.waitUntilReady();
    expect(cluster.log('order-1')).toMatch(/is up to date at index \d+, and votes/);
    await cluster.waitUntilEqual();

    // Now its vote counts: with it and one other, trading continues.
    await cluster.kill('order-3');
    await trade(20);
    await cluster.startProcess('order-3');
    await cluster.waitUntilReady();
  });

  it('detects that its disk is an older copy, and is brought up to date', async () => {
    const directory = cluster.dataDir('order-2');
    const copy = join(cluster.directory, 'older-copy');
    await cluster.kill('order-2');
    for (const file of databaseFiles(directory)) cpSync(join(directory, file), join(copy, file));
    await cluster.startProcess('order-2');
    await cluster.waitUntilReady();
    await trade(100);
    await cluster.waitUntilEqual();
    const committed = (await cluster.status(2))?.commitIndex ?? Infinity;

    await cluster.kill('order-2');
    for (const file of databaseFiles(directory)) rmSync(join(directory, file));
    cpSync(copy, directory, { recursive: true });
    await cluster.startProcess('order-2');
    await expectReadyMeansCaughtUp(2, committed);
    await waitFor('it says so', () => /is up to date at index \d+, and votes/.test(cluster.log('order-2')));
    expect(cluster.log('order-2')).toContain('has forgotten what it promised');
    await cluster.waitUntilEqual();
  });
});
