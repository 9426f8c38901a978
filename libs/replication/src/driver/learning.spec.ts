import { afterEach, describe, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { createTestCluster, type TestCluster, type TestClusterOptions } from '../../testing/test-cluster.js';
import type { TestMember } from '../../testing/test-member.js';
import { NoLeader } from '../errors.js';

type Add = { readonly add: number };

describe('a learner in its group', () => {
  const open: TestCluster<Add, number>[] = [];
  afterEach(() => open.splice(0).forEach((cluster) => cluster.close()));

  async function create(options: Partial<TestClusterOptions<Add, number>> = {}): Promise<TestCluster<Add, number>> {
    const settings = { preferHighestId: false, learners: 1, ...options };
    const cluster = createTestCluster<Add, number>({ stateMachine: () => new Counter(), ...settings });
    open.push(cluster);
    await cluster.leader();
    await cluster.waitFor(() => cluster.members.slice(3).every(({ status }) => status.readLeaseMs !== null), 'leases');
    return cluster;
  }

  function sum(member: TestMember<Add, number>): number {
    return member.query((db) => db.prepare('SELECT sum FROM counter').pluck().get() as number);
  }

  async function readLocally(cluster: TestCluster<Add, number>, id: number): Promise<number> {
    const member = cluster.member(id);
    return cluster.until(member.log.readLocal().then(() => sum(member)));
  }

  it('shows acknowledged writes at once', async () => {
    const cluster = await create({ learners: 2 });
    for (let i = 1; i <= 5; i += 1) {
      expect(await cluster.propose({ add: 1 })).toBe(i);
      expect(await readLocally(cluster, 4)).toBe(i);
      expect(await readLocally(cluster, 5)).toBe(i);
    }
    expect(cluster.member(4).status).toMatchObject({ role: 'learner', ready: true });
    const { status } = await cluster.leader();
    expect(status.learners.map(({ id, readLeaseMs }) => [id, readLeaseMs !== null])).toEqual([
      [4, true],
      [5, true],
    ]);
  });

  it('forms no majority with its leader, and does not change the quorum', async () => {
    const cluster = await create();
    const { id } = await cluster.leader();
    for (const other of cluster.others(id, 4)) cluster.crash(other);
    const { log } = cluster.member(id);
    await expect(cluster.until(log.propose({ add: 1 }))).rejects.toThrow('leadership was lost');
  });

  it('delays a proposal until its hook has resolved', async () => {
    let release: () => void = () => undefined;
    const seen: (readonly Add[])[] = [];
    const onReceived = (_: number, commands: readonly Add[]): Promise<void> => {
      seen.push(commands);
      return new Promise((resolve) => (release = resolve));
    };
    const cluster = await create({ onReceived });
    const { log } = await cluster.leader();
    let result = 0;
    void log.propose({ add: 7 }).then((value) => (result = value));
    await cluster.waitFor(() => seen.length > 0);
    await cluster.run(200);
    expect([seen, result]).toEqual([[[{ add: 7 }]], 0]);
    release();
    await cluster.run(20);
    expect(result).toBe(7);
  });

  it('delays a proposal by at most one lease when it is dead, and later ones not at all', async () => {
    const cluster = await create({ readLeaseMs: 500 });
    cluster.crash(4);
    const startedAt = cluster.now;
    await cluster.propose({ add: 1 });
    expect(cluster.now - startedAt).toBeLessThan(520);
    const secondAt = cluster.now;
    await cluster.propose({ add: 1 });
    expect(cluster.now - secondAt).toBeLessThan(50);
    expect(cluster.events.some((line) => line.includes('test-4 has not acknowledged entry'))).toBe(true);
    cluster.restart(4);
    await cluster.waitFor(() => cluster.events.some((line) => line.endsWith('test-4 holds a read lease again')));
    expect(await readLocally(cluster, 4)).toBe(2);
  });

  it('asks the leader if it has no lease, and fails if there is no leader either', async () => {
    const cluster = await create();
    await cluster.propose({ add: 3 });
    cluster.partition([1, 2, 3], [4]);
    await cluster.waitFor(() => cluster.member(4).status.readLeaseMs === null);
    await cluster.waitFor(() => cluster.member(4).status.leader === null);
    await expect(cluster.until(cluster.member(4).log.readLocal())).rejects.toBeInstanceOf(NoLeader);
    cluster.heal();
    await cluster.waitFor(() => cluster.member(4).status.leader !== null);
    expect(await readLocally(cluster, 4)).toBe(3);
  });

  it('does not wait for entries that do not concern the read', async () => {
    let holds = false;
    const onReceived = (id: number): Promise<void> =>
      holds && id === 5 ? new Promise<void>(() => undefined) : Promise.resolve();
    const cluster = await create({ learners: 2, onReceived });
    await cluster.propose({ add: 1 });
    holds = true;
    const { log } = await cluster.leader();
    void log.propose({ add: 100 });
    await cluster.run(20);
    const { log: local } = cluster.member(4);
    const startedAt = cluster.now;
    await cluster.until(local.readLocal({ touches: ({ add }) => add < 100 }));
    expect(cluster.now).toBe(startedAt);
    await cluster.until(local.readLocal());
    expect(cluster.now - startedAt).toBeGreaterThan(300);
    expect(sum(cluster.member(4))).toBe(101);
  });

  it('comes back empty, and catches up by a snapshot', async () => {
    const cluster = await create({ keepEntries: 5 });
    cluster.crash(4);
    for (let i = 0; i < 80; i += 1) await cluster.propose({ add: 1 });
    cluster.restart(4);
    expect(await cluster.converge()).toEqual([80]);
  });
});
