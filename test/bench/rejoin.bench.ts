import { OrderCluster } from '../cluster/support/order-cluster.js';
import { waitFor } from '../system/support/wait-for.js';
import { wholeNumber, type Bench } from './bench.js';
import { MemoryWatch, processorMs, residentMiB } from './memory.js';
import { OpenLoad } from './open-load.js';
import { preload } from './preload.js';
import { slowestSyncMs } from './slowest-sync.js';

const BEHIND = 'order-1';
const LONG_MS = 300_000;

/** How long a replica that was away needs until it has everything, while the others go on trading. */
export const rejoin: Bench = {
  name: 'rejoin',
  about: 'a replica that is many orders behind catches up under load: how long, and with how much memory',
  options: {
    orders: { default: '200000', about: 'on disk of the others' },
    behind: { default: '100000', about: 'orders that the replica lacks' },
    rate: { default: '200', about: 'trades per second meanwhile, open loop' },
  },
  run: async (options, progress) => {
    const [orders, behind, rate] = ['orders', 'behind', 'rate'].map((key) => wholeNumber(options, key));
    if (orders === undefined || behind === undefined || rate === undefined || behind > orders)
      throw new TypeError('--behind is at most --orders');
    const cluster = await OrderCluster.prepare();
    try {
      progress(`writing ${orders} orders to disk …`);
      await preload(cluster, orders, (id) => (`order-${id}` === BEHIND ? orders - behind : orders));
      for (const name of ['catalog-1', 'order-2', 'order-3', 'frontend-1']) await cluster.startProcess(name);
      await cluster.waitUntilReady(LONG_MS);
      const load = await OpenLoad.start(cluster.urls, rate, ['Ford']);
      await waitFor('trades', () => load.successesSince(0) > rate, LONG_MS);
      const before = residentMiB(cluster.pid(`order-${await cluster.waitForLeader()}`));
      progress('starting the replica that is behind …');
      const { readyMs, caughtUpMs, processor, memory, from } = await catchUp(cluster);
      const longestGap = load.longestGap(from, performance.now());
      await load.stop();
      const failed = load.answered.filter(({ status }) => status !== 200).length;
      const rejoined = cluster.log(BEHIND).match(/rejoined, \d+ entr(?:y|ies) behind, caught up in \d+ ms/)?.[0];
      return {
        rows: [
          {
            'orders behind': behind,
            'start to ready': `${readyMs} ms`,
            'heard a leader to ready': `${caughtUpMs} ms`,
            'its processor time': `${processor} ms`,
            'replica RSS max': `${memory.get(BEHIND)} MiB`,
            'leader RSS before': `${before} MiB`,
            'leader RSS max': `${Math.max(...['order-2', 'order-3'].map((name) => memory.get(name) ?? 0))} MiB`,
            'longest gap in trading': `${Math.round(longestGap)} ms`,
            'failed requests': failed,
          },
        ],
        notes: [
          `the replica says: ${rejoined ?? 'nothing'}`,
          `longest stall of the load generator itself: ${Math.round(load.longestStallMs)} ms`,
          `failures by kind: ${JSON.stringify(load.failures)}`,
          `slowest sync of any replica: ${await slowestSyncMs(cluster)} ms`,
        ],
      };
    } finally {
      await cluster.close();
    }
  },
};

async function catchUp(cluster: OrderCluster): Promise<{
  from: number;
  readyMs: number;
  caughtUpMs: number;
  processor: number;
  memory: ReadonlyMap<string, number>;
}> {
  const from = performance.now();
  await cluster.startProcess(BEHIND);
  const pids = new Map(['order-1', 'order-2', 'order-3'].map((name) => [name, cluster.pid(name)]));
  const watch = new MemoryWatch(pids);
  let heardAt: number | undefined;
  await waitFor(
    'it has caught up',
    async () => {
      const status = await cluster.status(1);
      if (status?.leader) heardAt ??= performance.now();
      return status?.ready === true;
    },
    LONG_MS,
  );
  const now = performance.now();
  return {
    from,
    readyMs: Math.round(now - from),
    caughtUpMs: Math.round(now - (heardAt ?? from)),
    processor: processorMs(cluster.pid(BEHIND)),
    memory: watch.end(),
  };
}
