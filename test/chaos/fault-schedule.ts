import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../libs/replication/testing/simulation/random.js';
import { OrderCluster } from '../cluster/support/order-cluster.js';

type Kind = 'kill' | 'freeze' | 'restart' | 'killTwo' | 'killAll' | 'killTheNext';

/** How often each comes; most are those that a majority survives. */
const KINDS: readonly (readonly [Kind, number])[] = [
  ['kill', 4],
  ['freeze', 3],
  ['restart', 2],
  ['killTheNext', 2],
  ['killTwo', 1],
  ['killAll', 1],
];

export interface Fault {
  readonly kind: Kind;
  /** Replicas by id, in the order in which they are hit; 0 stands for whoever leads then. */
  readonly targets: readonly number[];
  /** How long it lasts. A freeze is longer than any election. */
  readonly ms: number;
}

export function drawFault(random: Random): Fault {
  const kind = random.pick(KINDS.flatMap(([name, weight]) => Array.from({ length: weight }, () => name)));
  const shuffled = random.shuffle(OrderCluster.ids);
  const targets = random.chance(0.6) ? [0, ...shuffled] : shuffled;
  return { kind, targets, ms: kind === 'freeze' ? random.int(1200, 2500) : random.int(0, 1500) };
}

export function describeFault({ kind, targets, ms }: Fault): string {
  return `${kind} ${targets[0] === 0 ? 'leader' : `order-${targets[0]}`} for ${ms} ms`;
}

/** Breaks something and puts it right again. Resolves to the replicas that were hit. */
export async function inflict(cluster: OrderCluster, { kind, targets, ms }: Fault): Promise<readonly string[]> {
  const ids = await resolve(cluster, targets);
  const [first = '', second = ''] = ids;
  switch (kind) {
    case 'freeze':
      cluster.freeze(first);
      await pause(ms);
      cluster.resume(first);
      return [first];
    case 'restart':
      await cluster.terminate(first);
      await cluster.startProcess(first);
      return [first];
    case 'killTheNext': {
      await cluster.kill(first);
      await pause(ms);
      // Its successor, if there is one by now.
      const next = `order-${(await cluster.leader()) ?? Number(second.split('-')[1])}`;
      await Promise.all([cluster.startProcess(first), cluster.kill(next)]);
      await cluster.startProcess(next);
      return [first, next];
    }
    case 'kill':
    case 'killTwo':
    case 'killAll': {
      const hit = ids.slice(0, { kill: 1, killTwo: 2, killAll: 3 }[kind]);
      await Promise.all(hit.map((name) => cluster.kill(name)));
      await pause(ms);
      await Promise.all(hit.map((name) => cluster.startProcess(name)));
      return hit;
    }
    default:
      return kind satisfies never;
  }
}

async function resolve(cluster: OrderCluster, targets: readonly number[]): Promise<readonly string[]> {
  const leader = targets.includes(0) ? await cluster.leader() : undefined;
  const ids = targets.map((id) => (id === 0 ? leader : id)).filter((id) => id !== undefined);
  return [...new Set(ids)].map((id) => `order-${id}`);
}
