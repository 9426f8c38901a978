import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsInBooks } from '../system/support/books.js';
import { place, Traffic } from '../system/support/traffic.js';
import { OrderCluster } from './support/order-cluster.js';
import { Strace, whyNoStrace } from './support/strace.js';

/**
 * `kill -9` never loses the page cache, so a system without a single sync passes every test that kills. This test watches the
 * system calls.
 */
const missing = whyNoStrace();
if (missing !== undefined) process.stderr.write(`sync witness: skipped, because ${missing}\n`);

const ORDERS = 40;

describe.skipIf(missing !== undefined)(
  `the disk, seen by strace${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let cluster: OrderCluster;
    let watched: readonly Strace[] = [];

    beforeAll(async () => {
      cluster = await OrderCluster.start();
    });

    afterAll(async () => {
      await Promise.all(watched.map((strace) => strace.detach()));
      await cluster.close();
    });

    function attach(id: number, purpose: string, ...options: readonly string[]): Promise<Strace> {
      const file = join(cluster.directory, `strace-${id}-${purpose}`);
      return Strace.attach(cluster.pid(`order-${id}`), file, ...options);
    }

    async function followers(): Promise<readonly [number, number]> {
      const leader = await cluster.waitForLeader();
      const [first = 0, second = 0] = OrderCluster.ids.filter((id) => id !== leader);
      return [first, second];
    }

    it('was synced by at least two replicas before an order is acknowledged', async () => {
      watched = await Promise.all(OrderCluster.ids.map((id) => attach(id, 'count', '-e', 'trace=fsync,fdatasync')));
      const orders: { asked: number; answered: number }[] = [];
      for (let order = 0; order < ORDERS; order += 1) {
        // The same clock as strace's time stamps, in whole milliseconds.
        const asked = Date.now();
        const wish = { key: randomUUID(), name: 'Ford', type: 'sell', quantity: 1 } as const;
        expect((await place(cluster.url, wish)).status).toBe(200);
        orders.push({ asked, answered: Date.now() + 1 });
      }
      await Promise.all(watched.map((strace) => strace.detach()));
      const syncs = watched.map((strace) => strace.syncsDone());
      const witnesses = orders.map(
        ({ asked, answered }) =>
          syncs.filter((times) => times.some((time) => time >= asked && time <= answered)).length,
      );
      expect(
        Math.min(...witnesses),
        `replicas that synced, for each order: ${witnesses.join(' ')}`,
      ).toBeGreaterThanOrEqual(2);
    });

    /** Expects that a replica whose disk fails under load stops and reports why, the others continue, and no acknowledged trade is lost. */
    async function expectToStop(id: number, inject: readonly string[], why: RegExp): Promise<void> {
      const name = `order-${id}`;
      const traffic = new Traffic(cluster.url, 'Tesla');
      let strace: Strace | undefined;
      try {
        await traffic.waitForMore(20);
        const said = cluster.log(name).length;
        const ended = cluster.ended(name);
        strace = await attach(id, randomUUID(), ...inject);
        const { code } = await ended;
        expect({ code, log: cluster.log(name).slice(said) }).toEqual({
          code: 1,
          log: expect.stringMatching(why) as unknown,
        });
        await traffic.waitForMore(20);
      } finally {
        await traffic.stop();
        await strace?.detach();
      }
      expect(traffic.refused).toEqual([]);
      await cluster.startProcess(name);
      await cluster.waitUntilReady();
      expect(await faultsInBooks(cluster.url, traffic)).toEqual([]);
      await cluster.waitUntilEqual();
    }

    const failedSync = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];

    function fullDisk(id: number): readonly string[] {
      const calls = 'write,pwrite64,writev,pwritev';
      return [
        '-P',
        `${cluster.databaseFile(`order-${id}`)}-wal`,
        '-e',
        `trace=${calls}`,
        '-e',
        `inject=${calls}:error=ENOSPC`,
      ];
    }

    it('that fails to sync stops a follower', async () => {
      const [id] = await followers();
      await expectToStop(id, failedSync, /stops: .*exchange-\d\.db.*EIO: i\/o error/);
    });

    it('that fails to sync stops the leader', async () => {
      await expectToStop(await cluster.waitForLeader(), failedSync, /stops: .*exchange-\d\.db.*EIO: i\/o error/);
    });

    it('that is full stops a follower', async () => {
      const [, id] = await followers();
      await expectToStop(id, fullDisk(id), /stops: .*exchange-\d\.db.*disk is full/);
    });

    it('that is full stops the leader', async () => {
      const id = await cluster.waitForLeader();
      await expectToStop(id, fullDisk(id), /stops: .*exchange-\d\.db.*disk is full/);
    });
  },
);
