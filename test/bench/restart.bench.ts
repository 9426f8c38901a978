import { statSync } from 'node:fs';
import { percentile } from '#harness';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { waitFor } from '../system/support/wait-for.js';
import { wholeNumber, type Bench } from './bench.js';
import { MemoryWatch, processorMs } from './memory.js';
import { preload } from './preload.js';

const REPLICA = 'order-1';
const LONG_MS = 300_000;

/** How long a replica with a long history needs from its start until it is ready. */
export const restart: Bench = {
  name: 'restart',
  about: 'a replica with many orders on disk is killed and started again: how long until it is ready',
  options: {
    orders: { default: '1000000', about: 'on disk' },
    times: { default: '5', about: 'restarts' },
  },
  run: async (options, progress) => {
    const orders = wholeNumber(options, 'orders');
    const cluster = await OrderCluster.prepare();
    try {
      progress(`writing ${orders} orders to disk …`);
      await preload(cluster, orders);
      await cluster.startAll();
      await cluster.waitUntilReady(LONG_MS);
      const readyMs: number[] = [];
      const processor: number[] = [];
      let rss = 0;
      while (readyMs.length < wholeNumber(options, 'times')) {
        await cluster.kill(REPLICA);
        const startedAt = performance.now();
        await cluster.startProcess(REPLICA);
        const watch = new MemoryWatch(new Map([[REPLICA, cluster.pid(REPLICA)]]));
        await waitFor('ready', async () => (await cluster.status(1))?.ready === true, LONG_MS);
        readyMs.push(performance.now() - startedAt);
        processor.push(processorMs(cluster.pid(REPLICA)));
        rss = Math.max(rss, watch.end().get(REPLICA) ?? 0);
        progress(`restart ${readyMs.length}: ready after ${Math.round(readyMs.at(-1) ?? 0)} ms`);
      }
      const size = statSync(cluster.databaseFile(REPLICA)).size;
      return {
        rows: [
          {
            'orders on disk': orders,
            database: `${Math.round(size / 2 ** 20)} MiB`,
            'start to ready p50': `${Math.round(percentile(readyMs, 0.5))} ms`,
            max: `${Math.round(Math.max(...readyMs))} ms`,
            'processor time p50': `${percentile(processor, 0.5)} ms`,
            'RSS max': `${rss} MiB`,
          },
        ],
        notes: [],
      };
    } finally {
      await cluster.close();
    }
  },
};
