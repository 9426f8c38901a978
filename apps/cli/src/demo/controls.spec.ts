import { beforeEach, describe, expect, it } from 'vitest';
import type { ClusterReport } from '#exchange';
import type { ReplicaStatus } from '#replication';
import { Controls } from './controls.js';
import type { ManagedProcess } from './cluster.js';
import { createTopology, defaultPorts } from './topology.js';

const { processes } = createTopology(defaultPorts({ order: 3, catalog: 2, frontend: 1 }, 8080), '127.0.0.1', '/d');

/** Remembers states as the real one does, without any process. */
class FakeCluster {
  private readonly states = new Map<string, ManagedProcess>(
    processes.map((spec, i) => [spec.name, { spec, pid: i + 1, state: 'running', end: null }]),
  );

  list = (): readonly ManagedProcess[] => [...this.states.values()];
  get = (name: string): ManagedProcess => this.states.get(name) as ManagedProcess;
  start = (name: string): Promise<ManagedProcess> => Promise.resolve(this.become(name, 'running'));
  kill = (name: string): Promise<unknown> => Promise.resolve(this.become(name, 'dead'));
  stop = (name: string): Promise<unknown> => Promise.resolve(this.become(name, 'dead'));
  pause = (name: string): unknown => this.become(name, 'paused');
  resume = (name: string): unknown => this.become(name, 'running');

  statesOf(state: string): readonly string[] {
    return this.list()
      .filter((process) => process.state === state)
      .map(({ spec }) => spec.name);
  }

  private become(name: string, state: ManagedProcess['state']): ManagedProcess {
    const changed = { ...this.get(name), state };
    this.states.set(name, changed);
    return changed;
  }
}

let cluster: FakeCluster;
let leader: string | null;
let controls: Controls;

beforeEach(() => {
  cluster = new FakeCluster();
  leader = 'order-3';
  const report = (): Promise<ClusterReport> =>
    Promise.resolve({
      members: [],
      leader:
        leader === null
          ? null
          : { process: leader, id: 3, address: '', votes: true, status: {} as ReplicaStatus, problem: null },
    });
  controls = new Controls(cluster as never, { report });
});

describe('controls', () => {
  it.each([
    ['leader', 'order-3'],
    ['follower', 'order-1'],
    ['2', 'order-2'],
    ['catalog', 'catalog-1'],
    ['catalog-2', 'catalog-2'],
    ['frontend-1', 'frontend-1'],
  ])('kills %s', async (target, name) => {
    const { done, processes } = await controls.perform('kill', target);
    expect(done).toContain(`killed ${name}`);
    expect(processes).toEqual([name]);
    expect(cluster.statesOf('dead')).toEqual([name]);
  });

  it('restarts all that are dead', async () => {
    await controls.perform('kill', '1');
    await controls.perform('kill', 'catalog-1');
    expect((await controls.perform('restart', 'dead')).done.split('\n')).toHaveLength(2);
    expect(cluster.statesOf('dead')).toEqual([]);
  });

  it('resumes the leader that it paused, although another one leads by now', async () => {
    await controls.perform('pause', 'leader');
    leader = 'order-2';
    expect((await controls.perform('resume', 'leader')).done).toContain('resumed order-3');
  });

  it('kills one catalog after the other, until none runs', async () => {
    await controls.perform('kill', 'catalog');
    await controls.perform('kill', 'catalog');
    expect(cluster.statesOf('dead')).toEqual(['catalog-1', 'catalog-2']);
    await expect(controls.perform('kill', 'catalog')).rejects.toThrow('no catalog runs');
  });

  it.each([
    ['kill', 'order-9', 'the demo has no process order-9', 2],
    ['restart', 'dead', 'nothing is dead', 1],
    ['resume', 'leader', 'nothing is paused', 1],
  ] as const)('can not %s %s', async (action, target, message, exitCode) => {
    await expect(controls.perform(action, target)).rejects.toMatchObject({ message, exitCode });
  });

  it('can not kill a leader that is not there, or what is dead', async () => {
    leader = null;
    await expect(controls.perform('kill', 'leader')).rejects.toThrow('no order replica leads');
    await controls.perform('kill', '1');
    await expect(controls.perform('kill', '1')).rejects.toThrow('order-1 is dead');
  });
});
