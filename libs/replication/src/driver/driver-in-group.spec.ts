import { afterEach, describe, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { createTestCluster, type TestCluster, type TestClusterOptions } from '../../testing/test-cluster.js';
import { NotLeader, OutcomeUnknown, Overloaded } from '../errors.js';

type Add = { readonly add: number };
const ONE = { add: 1 };

describe('a driver and its group', () => {
  const open: TestCluster<Add, number>[] = [];
  afterEach(() => open.splice(0).forEach((cluster) => cluster.close()));

  function create(options: Partial<TestClusterOptions<Add, number>> = {}): TestCluster<Add, number> {
    const cluster = createTestCluster<Add, number>({
      stateMachine: () => new Counter(),
      preferHighestId: false,
      ...options,
    });
    open.push(cluster);
    return cluster;
  }

  it('answers a proposal only after a majority had time to store it', async () => {
    const cluster = create({ network: { minDelayMs: 40, maxDelayMs: 41 } });
    const { log } = await cluster.leader();
    const startedAt = cluster.now;
    expect(await cluster.until(log.propose(ONE))).toBe(1);
    expect(cluster.now - startedAt).toBeGreaterThanOrEqual(80);
  });

  it('redirects a proposal and a read on a follower to the leader', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    const { log } = cluster.member(cluster.others(id)[0]!);
    await expect(log.propose(ONE)).rejects.toMatchObject({ reason: 'NOT_LEADER', leader: { id } });
    await expect(log.read()).rejects.toMatchObject({ reason: 'NOT_LEADER', leader: { id } });
    expect(() => log.assertLeader()).toThrow(NotLeader);
  });

  it('refuses excess proposals, and executes all accepted ones', async () => {
    const cluster = create({ maxProposals: 10 });
    const { log } = await cluster.leader();
    const proposals = Array.from({ length: 15 }, () => log.propose(ONE));
    const outcomes = await cluster.until(Promise.allSettled(proposals));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(Overloaded);
    expect(await cluster.converge()).toEqual([10]);
  });

  it('reports an unknown outcome when leadership is lost, without waiting for the timeout', async () => {
    const cluster = create();
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    const startedAt = cluster.now;
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toThrow('leadership was lost');
    expect(cluster.now - startedAt).toBeLessThan(1500);
  });

  it('reports an unknown outcome when no majority answers in time', async () => {
    const cluster = create({ proposalTimeoutMs: 100 });
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toThrow('no majority answered in 100 ms');
    await expect(cluster.until(leader.log.read())).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('may still execute a command with an unknown outcome', async () => {
    const cluster = create({ proposalTimeoutMs: 100 });
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toBeInstanceOf(OutcomeUnknown);
    cluster.heal();
    expect(await cluster.converge()).toEqual([1]);
  });

  it('reads everything acknowledged before, on a new leader too', async () => {
    const cluster = create();
    const old = await cluster.leader();
    await cluster.propose({ add: 7 });
    cluster.crash(old.id);
    const next = await cluster.leader();
    await cluster.until(next.log.read());
    expect(next.query((db) => Counter.sum(db))).toBe(7);
  });

  it('finishes work in progress and transfers leadership at shutdown', async () => {
    const cluster = create();
    const { id, log } = await cluster.leader();
    const underWay = Array.from({ length: 20 }, () => log.propose(ONE));
    const results = Promise.all(underWay);
    await cluster.shutDown(id);
    expect(await results).toHaveLength(20);
    await expect(log.propose(ONE)).rejects.toBeInstanceOf(NotLeader);
    expect((await cluster.leader()).id).not.toBe(id);
    expect(await cluster.propose(ONE)).toBe(21);
  });

  it('transfers leadership to the next voter when the first is unreachable', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    const [first, second] = cluster.others(id) as [number, number];
    cluster.crash(first);
    await cluster.shutDown(id);
    expect(cluster.member(second).log.status().role).toBe('leader');
  });

  it('aborts a leadership transfer that nobody accepts', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    for (const other of cluster.others(id)) cluster.crash(other);
    const startedAt = cluster.now;
    await cluster.shutDown(id);
    expect(cluster.now - startedAt).toBeLessThan(4000);
  });
});
