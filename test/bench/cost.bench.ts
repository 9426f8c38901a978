import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '#harness';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { secondsInMs, wholeNumbers, type Bench, type BenchReport } from './bench.js';
import { closedLoop, round } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { settle } from './settle.js';
import { during, rolesOf, total, type Span, type Usage } from './usage.js';

const WARM_UP_MS = 3000;

/** Measures what a trade costs: messages, syncs and processor time of each process, as ever more come at once. */
export const cost: Bench = {
  name: 'cost',
  about: 'TCP messages, disk syncs and processor time per trade, at a rising number of connections',
  options: {
    connections: { default: '1,8,32,128', about: 'each with one trade at a time' },
    seconds: { default: '10', about: 'of each' },
  },
  run: async (options, progress) => {
    const ms = secondsInMs(options, 'seconds');
    const steps = wholeNumbers(options, 'connections', 512);
    const cluster = await OrderCluster.start();
    try {
      await settle(cluster);
      await closedLoop(tradesOf(cluster), 32, Math.min(ms, WARM_UP_MS));
      const idle = await during(cluster, () => pause(Math.min(ms, WARM_UP_MS)));
      const rows: BenchReport['rows'][number][] = [];
      for (const connections of steps) {
        progress(`${connections} connections …`);
        rows.push(await costAt(cluster, connections, ms, idle));
      }
      return {
        rows,
        notes: ['messages: sent and received, each counted at both ends, less what is exchanged when nobody trades'],
      };
    } finally {
      await cluster.close();
    }
  },
};

async function costAt(
  cluster: OrderCluster,
  connections: number,
  ms: number,
  idle: Span,
): Promise<BenchReport['rows'][number]> {
  let times: readonly number[] = [];
  const span = await during(cluster, async () => {
    times = (await closedLoop(tradesOf(cluster), connections, ms)).times;
  });
  const { gateway, catalog, leader, follower } = await rolesOf(cluster);
  const per = (names: readonly string[], what: keyof Usage): number => total(span, names, what) / times.length;
  const messages = (names: readonly string[]): number => total(span, names, 'messages', idle) / times.length;
  const microseconds = (names: readonly string[]): number =>
    Math.round((per(names, 'processorMs') * 1000) / names.length);
  return {
    connections,
    'trades/s': Math.round((times.length * 1000) / span.ms),
    'p50 ms': round(percentile(times, 0.5)),
    'p99 ms': round(percentile(times, 0.99)),
    'messages leader': round(messages(leader)),
    'messages follower': round(messages(follower) / follower.length),
    'messages catalog': round(messages(catalog)),
    'syncs leader': round(per(leader, 'syncs')),
    'syncs follower': round(per(follower, 'syncs') / follower.length),
    'µs gateway': microseconds(gateway),
    'leader µs': microseconds(leader),
    'catalog µs': microseconds(catalog),
    'follower µs': microseconds(follower),
  };
}
