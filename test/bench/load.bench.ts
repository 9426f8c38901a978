import { setTimeout as pause } from 'node:timers/promises';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { whyNoStrace } from '../cluster/support/strace.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench, type BenchOptions, type BenchReport } from './bench.js';
import { closedLoop, round, speedOf, warmUp, type LoopResult } from './closed-loop.js';
import { compareWithRivals } from './compare.js';
import { chosen, targetsOf } from './load-targets.js';
import { residentMiB } from './memory.js';
import { preload } from './preload.js';
import type { Target } from './requests.js';
import { settle } from './settle.js';
import { SlowDisk } from './slow-disk.js';
import { during, rolesOf, total, type Span } from './usage.js';

const LONG_MS = 300_000;
const IDLE_MS = 3000;

/** How fast the whole system is, and what each process spends on it. */
export const load: Bench = {
  name: 'load',
  about: 'lookups, trades and both mixed, at a rising number of connections; also beside others',
  options: {
    only: { default: 'all', about: 'of lookup-hit, lookup-miss, lookup-no-cache, trade, trade-no-key, mixed' },
    connections: { default: '1,8,32,128', about: 'each with one request at a time' },
    seconds: { default: '10', about: 'of each, after a warm-up' },
    orders: { default: '0', about: 'on disk before the start' },
    'sync-delay-ms': { default: '0', about: 'added to each disk sync of each member (strace)' },
    compare: { default: 'no', about: 'in turn with a bare Node server, a bare Nest handler and, if installed, etcd' },
    rounds: { default: '3', about: 'of the comparison; the median counts' },
  },
  run: async (options, progress) => {
    const connections = wholeNumbers(options, 'connections', 512);
    const ms = secondsInMs(options, 'seconds');
    const delayMs = wholeNumber(options, 'sync-delay-ms');
    const whyNot = delayMs > 0 ? whyNoStrace() : undefined;
    if (whyNot !== undefined) return { rows: [], notes: [`no delay can be injected: ${whyNot}`] };
    if (delayMs > 0 && options['compare'] === 'yes') throw new TypeError('--sync-delay-ms would slow only one side');
    const cluster = await start(options, progress);
    const slowDisk = delayMs > 0 ? await SlowDisk.attach(cluster, delayMs) : undefined;
    try {
      const targets = chosen(targetsOf(cluster), options['only'] ?? '');
      for (const target of targets) await warmUp(target, ms);
      if (options['compare'] === 'yes')
        return await compareWithRivals(targets, connections, ms, wholeNumber(options, 'rounds'), progress);
      const report = await measure(cluster, targets, connections, ms, progress);
      if (slowDisk === undefined) return report;
      const delayed = `${slowDisk.delayed} syncs were delayed by ${delayMs} ms; strace, which does it, costs processor time too`;
      return { ...report, notes: [...report.notes, delayed] };
    } finally {
      await slowDisk?.detach();
      await cluster.close();
    }
  },
};

async function start(options: BenchOptions, progress: (line: string) => void): Promise<OrderCluster> {
  const orders = wholeNumber(options, 'orders');
  const cluster = await OrderCluster.prepare({ frontends: 2 });
  try {
    if (orders > 0) progress(`writing ${orders} orders to disk …`);
    await preload(cluster, orders);
    for (const app of ['catalog', 'order', 'frontend'] as const) {
      for (const name of cluster.members(app))
        await cluster.startProcess(name, name === 'frontend-2' ? { CACHE_ENABLED: 'false' } : {});
    }
    await cluster.waitUntilReady(LONG_MS);
    await settle(cluster);
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function measure(
  cluster: OrderCluster,
  targets: readonly Target[],
  steps: readonly number[],
  ms: number,
  progress: (line: string) => void,
): Promise<BenchReport> {
  const idle = await during(cluster, () => pause(Math.min(ms, IDLE_MS)));
  const rows: BenchReport['rows'][number][] = [];
  for (const target of targets) {
    for (const connections of steps) {
      let result!: LoopResult;
      const span = await during(cluster, async () => (result = await closedLoop(target, connections, ms)));
      rows.push({ load: target.name, connections, ...speedOf(result), ...(await costs(cluster, span, idle, result)) });
      progress(`${target.name}, ${connections} connections: ${rows.at(-1)?.['per s']} per second`);
    }
  }
  const pids = (['frontend', 'order', 'catalog'] as const).flatMap((app) => cluster.members(app));
  const memory = pids.map((name) => `${name} ${residentMiB(cluster.pid(name))} MiB`);
  return {
    rows,
    notes: [
      'cpu: seconds of processor time for a thousand requests, of each process; messages and syncs: per request, less',
      'what an idle system needs; load: the share of a processor that the load itself has used',
      `memory at the end: ${memory.join(', ')}`,
    ],
  };
}

async function costs(
  cluster: OrderCluster,
  span: Span,
  idle: Span,
  { times, clientLoad }: LoopResult,
): Promise<Readonly<Record<string, number>>> {
  const { gateway, catalog, leader, follower } = await rolesOf(cluster);
  const each = (names: readonly string[], what: 'processorMs' | 'messages' | 'syncs', of = names.length): number =>
    round(total(span, names, what, what === 'messages' ? idle : undefined) / of / Math.max(1, times.length));
  return {
    'cpu gateway': each(gateway, 'processorMs', 1),
    leader: each(leader, 'processorMs'),
    follower: each(follower, 'processorMs'),
    catalog: each(catalog, 'processorMs', 1),
    'messages of leader': each(leader, 'messages'),
    'of catalog': each(catalog, 'messages', 1),
    syncs: each([...cluster.members('order'), ...catalog], 'syncs', 1),
    'load cpu': round(clientLoad),
  };
}
