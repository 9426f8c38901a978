import { setTimeout as pause } from 'node:timers/promises';
import { type AppName } from '#harness';
import type { Random } from '../../libs/replication/testing/simulation/random.js';
import type { OrderCluster } from '../cluster/support/order-cluster.js';

type ProcessFaultKind = 'kill' | 'freeze' | 'restart' | 'killTwo' | 'killAll' | 'freezeAll' | 'killTheNext';

/** `cut` breaks the connections; `silence` holds all answers, between members all messages, back and then loses them. */
type WireFaultKind = 'cut' | 'silence';

/** How often each comes; most are those that a majority survives. */
const KINDS: readonly (readonly [ProcessFaultKind | WireFaultKind, number])[] = [
  ['kill', 4],
  ['freeze', 4],
  ['restart', 2],
  ['killTheNext', 2],
  ['killTwo', 1],
  ['killAll', 1],
  ['freezeAll', 1],
  ['cut', 2],
  ['silence', 3],
];
const APPS: readonly (readonly [AppName, number])[] = [
  ['order', 3],
  ['catalog', 3],
  ['frontend', 2],
];
/** Longer than any election, any lease and any call. */
const LONG_MS = [1200, 2500] as const;

export type Fault =
  | {
      readonly kind: ProcessFaultKind;
      readonly app: AppName;
      /** The app's processes in the order in which they are hit; `leader` stands for whichever leads then. */
      readonly targets: readonly string[];
      /** How long it lasts. */
      readonly ms: number;
    }
  | {
      readonly kind: WireFaultKind;
      /** The process whose calls to the processes of the app suffer. */
      readonly from: string;
      readonly app: AppName;
      readonly ms: number;
    };

/** @param wired the processes that have wires */
export function drawFault(random: Random, cluster: Pick<OrderCluster, 'members'>, wired: readonly string[]): Fault {
  const kind = pickWeighted(random, KINDS);
  if (kind === 'cut' || kind === 'silence') {
    const from = random.pick(wired);
    const apps: readonly AppName[] = ['order', 'catalog'];
    const app = random.pick(apps.filter((called) => !from.startsWith(called)));
    return { kind, from, app, ms: random.int(...LONG_MS) };
  }
  const app = pickWeighted(random, APPS);
  const shuffled = random.shuffle(cluster.members(app));
  const targets = app === 'order' && random.chance(0.6) ? ['leader', ...shuffled] : shuffled;
  return {
    kind,
    app,
    targets,
    ms: kind === 'freeze' || kind === 'freezeAll' ? random.int(...LONG_MS) : random.int(0, 1500),
  };
}

export function describeFault(fault: Fault): string {
  if ('from' in fault) return `${fault.kind} the wires from ${fault.from} to each ${fault.app}, ${fault.ms} ms`;
  const { kind, app, targets, ms } = fault;
  return `${kind} ${kind.endsWith('All') ? `each ${app}` : targets[0]} for ${ms} ms`;
}

/** Breaks something and puts it right again. Resolves to what was hit. */
export async function inflict(cluster: OrderCluster, fault: Fault): Promise<readonly string[]> {
  if (!('from' in fault)) return hitProcesses(cluster, fault);
  const wires = cluster.wires.toEach(fault.from, fault.app);
  if (fault.kind === 'silence') {
    // A member's messages to others are no questions that are answered.
    for (const wire of wires)
      if (fault.from.startsWith('frontend')) wire.hold();
      else wire.silence();
    await pause(fault.ms);
  }
  for (const wire of wires) wire.cut();
  return [`${wires.length} wires`];
}

async function hitProcesses(
  cluster: OrderCluster,
  { kind, app, targets, ms }: Extract<Fault, { targets: unknown }>,
): Promise<readonly string[]> {
  const names = await resolve(cluster, targets);
  const [first = '', second = first] = names;
  switch (kind) {
    case 'freeze':
    case 'freezeAll': {
      const hit = kind === 'freeze' ? [first] : names;
      for (const name of hit) cluster.freeze(name);
      await pause(ms);
      for (const name of hit) cluster.resume(name);
      return hit;
    }
    case 'restart':
      await cluster.terminate(first);
      await cluster.startProcess(first);
      return [first];
    case 'killTheNext': {
      await cluster.kill(first);
      await pause(ms);
      // Its successor, if there is one by now.
      const leader = app === 'order' ? await cluster.leader() : undefined;
      const next = leader === undefined ? second : `order-${leader}`;
      await cluster.startProcess(first);
      await cluster.kill(next);
      await cluster.startProcess(next);
      return [first, next];
    }
    case 'kill':
    case 'killTwo':
    case 'killAll': {
      const hit = names.slice(0, { kill: 1, killTwo: 2, killAll: names.length }[kind]);
      await Promise.all(hit.map((name) => cluster.kill(name)));
      await pause(ms);
      await Promise.all(hit.map((name) => cluster.startProcess(name)));
      return hit;
    }
    default:
      return kind satisfies never;
  }
}

async function resolve(cluster: OrderCluster, targets: readonly string[]): Promise<readonly string[]> {
  const leader = targets.includes('leader') ? await cluster.leader() : undefined;
  const led = leader === undefined ? [] : [`order-${leader}`];
  return [...new Set(targets.flatMap((name) => (name === 'leader' ? led : [name])))];
}

function pickWeighted<T>(random: Random, weighted: readonly (readonly [T, number])[]): T {
  return random.pick(weighted.flatMap(([value, weight]) => Array.from({ length: weight }, () => value)));
}
