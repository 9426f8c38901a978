import { setTimeout as pause } from 'node:timers/promises';
import type { Traffic } from '../../libs/contracts/src/process/traffic.controller.js';
import { askReplica, askStatus } from '../cluster/support/ask-replica.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { wholeNumber, type Bench, type BenchReport } from './bench.js';
import { processorMs } from './memory.js';
import { percentile } from './report.js';
import { Trader } from './trader.js';

const STOCKS = ['Ford', 'Tesla', 'Amc', 'Nike'];
/** Leadership moves to the highest id soon after the start. */
const SETTLE_MS = 5000;
const WARM_UP_MS = 3000;
const MEMBERS = ['catalog-1', 'order-1', 'order-2', 'order-3'];

/** What a trade costs: messages on each hop, syncs and processor time of each process, as ever more come at once. */
export const cost: Bench = {
  name: 'cost',
  about: 'TCP messages, disk syncs and processor time per trade, at a rising number of connections',
  options: {
    connections: { default: '1,8,32,128', about: 'each with one trade at a time' },
    seconds: { default: '10', about: 'of each' },
  },
  run: async (options, progress) => {
    const seconds = wholeNumber(options, 'seconds');
    const steps = (options['connections'] ?? '').split(',').map(Number);
    if (!steps.every((step) => Number.isSafeInteger(step) && step > 0 && step <= 512))
      throw new TypeError('--connections are whole numbers up to 512');
    const cluster = await OrderCluster.start();
    try {
      await pause(SETTLE_MS);
      await trade(cluster, 32, WARM_UP_MS);
      const idle = await during(cluster, () => pause(WARM_UP_MS));
      const rows: BenchReport['rows'][number][] = [];
      for (const connections of steps) {
        progress(`${connections} connections …`);
        rows.push(await costAt(cluster, connections, seconds * 1000, idle));
      }
      return { rows, notes: ['messages: requests and answers, less what is exchanged when nobody trades'] };
    } finally {
      await cluster.close();
    }
  },
};

/** What a process has used, or used in a span. */
interface Usage {
  readonly messages: number;
  readonly syncs: number;
  readonly processorMs: number;
}

interface Span {
  readonly ms: number;
  readonly usage: ReadonlyMap<string, Usage>;
}

async function costAt(
  cluster: OrderCluster,
  connections: number,
  ms: number,
  idle: Span,
): Promise<BenchReport['rows'][number]> {
  let times: readonly number[] = [];
  const span = await during(cluster, async () => {
    times = await trade(cluster, connections, ms);
  });
  const leader = `order-${await cluster.waitForLeader()}`;
  const followers = MEMBERS.filter((name) => name.startsWith('order') && name !== leader);
  const per = (names: readonly string[], what: keyof Usage, from = 0): number =>
    names.reduce(
      (sum, name) => sum + (span.usage.get(name)?.[what] ?? 0) - from * (idle.usage.get(name)?.[what] ?? 0),
      0,
    ) / times.length;
  const messages = (...names: readonly string[]): number => per(names, 'messages', span.ms / idle.ms);
  const [catalog, replicas] = [messages('catalog-1'), messages(...followers)];
  const microseconds = (...names: readonly string[]): number =>
    Math.round((per(names, 'processorMs') * 1000) / names.length);
  return {
    connections,
    'trades/s': Math.round((times.length * 1000) / span.ms),
    'p50 ms': round(percentile(times, 0.5)),
    'p99 ms': round(percentile(times, 0.99)),
    // What the leader exchanges with nobody else.
    'messages gateway-leader': round(Math.max(0, messages(leader) - catalog - replicas)),
    'leader-catalog': round(Math.max(0, catalog)),
    'leader-followers': round(Math.max(0, replicas)),
    'syncs catalog': round(per(['catalog-1'], 'syncs')),
    leader: round(per([leader], 'syncs')),
    follower: round(per(followers, 'syncs') / followers.length),
    'µs gateway': microseconds('frontend-1'),
    'leader µs': microseconds(leader),
    'catalog µs': microseconds('catalog-1'),
    'follower µs': microseconds(...followers),
  };
}

/** How long each trade took, in milliseconds. */
async function trade(cluster: OrderCluster, connections: number, ms: number): Promise<readonly number[]> {
  const trader = new Trader(cluster.url, STOCKS, connections);
  await trader.open();
  const times: number[] = [];
  const until = performance.now() + ms;
  let turn = 0;
  const tradeOn = async (): Promise<void> => {
    while (performance.now() < until) {
      const { status, reason, askedAt, answeredAt } = await trader.trade(++turn);
      if (status !== 200) throw new Error(`a trade failed: ${status} ${reason}`);
      times.push(answeredAt - askedAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, tradeOn));
  trader.close();
  return times;
}

async function during(cluster: OrderCluster, work: () => Promise<unknown>): Promise<Span> {
  const before = await usage(cluster);
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const used = [...(await usage(cluster))].map(([name, after]) => [name, difference(after, before.get(name))] as const);
  return { ms, usage: new Map(used) };
}

async function usage(cluster: OrderCluster): Promise<ReadonlyMap<string, Usage>> {
  const members = await Promise.all(
    MEMBERS.map(async (name) => {
      const [traffic, status] = await Promise.all([
        askReplica<Traffic>(cluster.port(name), 'process.traffic', {}),
        askStatus(cluster.port(name)),
      ]);
      if (!traffic || !status) throw new Error(`${name} does not say what it has used`);
      const { sent, received } = traffic;
      const spent = processorMs(cluster.pid(name));
      return [name, { messages: sent + received, syncs: status.syncs, processorMs: spent }] as const;
    }),
  );
  const gateway = { messages: 0, syncs: 0, processorMs: processorMs(cluster.pid('frontend-1')) };
  return new Map<string, Usage>([...members, ['frontend-1', gateway]]);
}

function difference(after: Usage, before: Usage = after): Usage {
  return {
    messages: after.messages - before.messages,
    syncs: after.syncs - before.syncs,
    processorMs: after.processorMs - before.processorMs,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
