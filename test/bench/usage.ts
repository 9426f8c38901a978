import type { Traffic } from '#service-kit';
import { askReplica, askStatus } from '../cluster/support/ask-replica.js';
import type { OrderCluster } from '../cluster/support/order-cluster.js';
import { processorMs } from './memory.js';

/** The resources that a process has used, in all or in a span. A gateway counts no messages and syncs nothing. */
export interface Usage {
  readonly messages: number;
  readonly syncs: number;
  readonly processorMs: number;
}

export interface Span {
  readonly ms: number;
  /** By name of the process. */
  readonly usage: ReadonlyMap<string, Usage>;
}

/** The names of the processes, by what they are now. */
export async function rolesOf(
  cluster: OrderCluster,
): Promise<Readonly<Record<'gateway' | 'catalog' | 'leader' | 'follower', readonly string[]>>> {
  const leader = `order-${await cluster.waitForLeader()}`;
  return {
    gateway: cluster.members('frontend'),
    catalog: cluster.members('catalog'),
    leader: [leader],
    follower: cluster.members('order').filter((name) => name !== leader),
  };
}

/** Measures what each process of a cluster uses while something goes on. */
export async function during(cluster: OrderCluster, work: () => Promise<unknown>): Promise<Span> {
  const before = await usageOf(cluster);
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const after = await usageOf(cluster);
  const used = [...after].map(([name, usage]) => [name, difference(usage, before.get(name))] as const);
  return { ms, usage: new Map(used) };
}

/** The sum of some processes; less what an idle system uses in the same time, when that is known. */
export function total(span: Span, names: readonly string[], what: keyof Usage, idle?: Span): number {
  const of = (from: Span, name: string): number => from.usage.get(name)?.[what] ?? 0;
  const share = idle === undefined ? 0 : span.ms / idle.ms;
  const used = names.reduce((sum, name) => sum + of(span, name) - (idle === undefined ? 0 : share * of(idle, name)), 0);
  // A short span may by chance have less in it than an idle one.
  return Math.max(0, used);
}

async function usageOf(cluster: OrderCluster): Promise<ReadonlyMap<string, Usage>> {
  const members = await Promise.all(
    [...cluster.members('catalog'), ...cluster.members('order')].map(async (name) => {
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
  const gateways = cluster
    .members('frontend')
    .map((name) => [name, { messages: 0, syncs: 0, processorMs: processorMs(cluster.pid(name)) }] as const);
  return new Map<string, Usage>([...members, ...gateways]);
}

function difference(after: Usage, before: Usage = after): Usage {
  return {
    messages: after.messages - before.messages,
    syncs: after.syncs - before.syncs,
    processorMs: after.processorMs - before.processorMs,
  };
}
