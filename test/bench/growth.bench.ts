import { OrderCluster } from '../cluster/support/order-cluster.js';
import { waitFor } from '../system/support/wait-for.js';
import { secondsInMs, wholeNumber, wholeNumbers, type Bench, type BenchReport } from './bench.js';
import { closedLoop, round, speedOf } from './closed-loop.js';
import { tradesOf } from './load-targets.js';
import { residentMiB } from './memory.js';
import { preload } from './preload.js';
import { median } from './report.js';
import { settle } from './settle.js';

const CONNECTIONS = 32;
const LONG_MS = 300_000;
const REPLICA = 'order-1';
/** Number of orders that a replica misses before it rejoins: the same, however long the history is. */
const MISSED_MS = 1000;

/** One figure of each round, by name. */
type Figures = Readonly<Record<string, number>>;

/** Measures what a long history costs: nothing should depend on it. */
export const growth: Bench = {
  name: 'growth',
  about: 'speed, memory, restart and rejoin with ever more orders on disk, in turn, as ratios to the first',
  options: {
    orders: { default: '1000,100000,1000000', about: 'on disk' },
    seconds: { default: '10', about: 'of trades in each round' },
    rounds: { default: '3', about: 'the median counts' },
  },
  run: async (options, progress) => {
    const [ms, rounds] = [secondsInMs(options, 'seconds'), wholeNumber(options, 'rounds')];
    const clusters = new Map<number, OrderCluster>();
    try {
      for (const orders of wholeNumbers(options, 'orders', 10_000_000)) {
        progress(`writing ${orders} orders to disk …`);
        clusters.set(orders, await OrderCluster.prepare());
        await start(clusters.get(orders), orders);
      }
      const seen = new Map([...clusters.keys()].map((orders) => [orders, [] as Figures[]]));
      for (let turn = 1; turn <= rounds; turn += 1) {
        for (const [orders, cluster] of clusters) {
          seen.get(orders)?.push(await figuresOf(cluster, ms));
          progress(`round ${turn}, ${orders} orders: ${JSON.stringify(seen.get(orders)?.at(-1))}`);
        }
      }
      return { rows: rowsOf(seen), notes: [`the median of ${rounds} rounds; "x" is the ratio to the first line`] };
    } finally {
      for (const cluster of clusters.values()) await cluster.close();
    }
  },
};

async function start(cluster: OrderCluster | undefined, orders: number): Promise<void> {
  if (cluster === undefined) throw new RangeError('unreachable');
  await preload(cluster, orders);
  await cluster.startAll();
  await cluster.waitUntilReady(LONG_MS);
  await settle(cluster);
}

async function figuresOf(cluster: OrderCluster, ms: number): Promise<Figures> {
  const trades = speedOf(await closedLoop(tradesOf(cluster), CONNECTIONS, ms));
  const leader = `order-${await cluster.waitForLeader()}`;
  const memory = { leader, follower: REPLICA, catalog: 'catalog-1', gateway: 'frontend-1' };
  const restarted = await timeToReady(cluster, () => Promise.resolve());
  const rejoined = await timeToReady(cluster, () => closedLoop(tradesOf(cluster), CONNECTIONS, MISSED_MS));
  return {
    'trades/s': trades['per s'] ?? 0,
    'p99 ms': trades['p99 ms'] ?? 0,
    failed: trades['failed'] ?? 0,
    ...Object.fromEntries(
      Object.entries(memory).map(([role, name]) => [`${role} MiB`, residentMiB(cluster.pid(name))]),
    ),
    'restart ms': restarted,
    'rejoin ms': rejoined,
  };
}

/** Kills a follower, lets something happen without it, and waits from its start until it has all of it. */
async function timeToReady(cluster: OrderCluster, meanwhile: () => Promise<unknown>): Promise<number> {
  await cluster.kill(REPLICA);
  await meanwhile();
  const startedAt = performance.now();
  await cluster.startProcess(REPLICA);
  await waitFor('it is ready', async () => (await cluster.status(1))?.ready === true, LONG_MS);
  return Math.round(performance.now() - startedAt);
}

function rowsOf(seen: ReadonlyMap<number, readonly Figures[]>): BenchReport['rows'] {
  const medians = [...seen].map(([orders, figures]): Figures => {
    const names = Object.keys(figures[0] ?? {});
    const of = (name: string): number => median(figures.map((figure) => figure[name] ?? 0));
    return { orders, ...Object.fromEntries(names.map((name) => [name, of(name)])) };
  });
  const [first] = medians;
  return medians.map((figures) =>
    Object.fromEntries(
      Object.entries(figures).flatMap(([name, value]) =>
        name === 'orders' || name === 'failed'
          ? [[name, value]]
          : [
              [name, value],
              [`x ${name.split(' ')[0]}`, round(value / (first?.[name] ?? 0))],
            ],
      ),
    ),
  );
}
