import type { Database } from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { NotLeader, OutcomeUnknown } from '../src/errors.js';
import { Counter } from './counter.js';
import { createTestCluster, type TestCluster, type TestClusterOptions } from './test-cluster.js';

type Add = { readonly add: number };

const open: TestCluster<Add, number>[] = [];

function create(options: Partial<TestClusterOptions<Add, number>> = {}): TestCluster<Add, number> {
  const cluster = createTestCluster<Add, number>({ stateMachine: () => new Counter(), ...options });
  open.push(cluster);
  return cluster;
}

afterEach(() => open.splice(0).forEach((cluster) => cluster.close()));

describe('a test cluster', () => {
  it('elects a leader and applies the same entries on all members', async () => {
    const cluster = create();
    expect(await cluster.propose({ add: 2 })).toBe(2);
    expect(await cluster.propose({ add: 3 })).toBe(5);
    expect(await cluster.converge()).toEqual([5]);
    expect(cluster.members.map((member) => member.query((db) => Counter.sum(db)))).toEqual([5, 5, 5]);
  });

  it.each([1, 5])('works with %i members', async (members) => {
    const cluster = create({ voters: members });
    expect(await cluster.propose({ add: 2 })).toBe(2);
    expect(await cluster.converge()).toEqual([2]);
  });

  it('loses no acknowledged write when all members crash', async () => {
    const cluster = create();
    for (let i = 1; i <= 120; i += 1) expect(await cluster.propose({ add: 1 })).toBe(i);
    for (const { id } of cluster.members) cluster.crash(id);
    for (const { id } of cluster.members) cluster.restart(id);
    expect(await cluster.propose({ add: 1 })).toBe(121);
    expect(await cluster.converge()).toEqual([121]);
  });

  it('continues without its leader and readmits it', async () => {
    const cluster = create();
    await cluster.propose({ add: 1 });
    const { id } = await cluster.leader();
    cluster.crash(id);
    expect(await cluster.propose({ add: 1 })).toBe(2);
    cluster.restart(id);
    expect(await cluster.converge()).toEqual([2]);
    expect(cluster.member(id).isUp).toBe(true);
  });

  it('keeps a leader without majority from answering', async () => {
    const cluster = create();
    const old = await cluster.leader();
    cluster.partition([old.id], cluster.others(old.id));
    await expect(cluster.until(old.log.propose({ add: 1 }))).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(await cluster.propose({ add: 10 })).toBe(10);
    cluster.heal();
    expect(await cluster.converge()).toEqual([10]);
    await expect(cluster.until(old.log.propose({ add: 1 }))).rejects.toBeInstanceOf(NotLeader);
  });

  it('brings a member that was down too long up to date by a snapshot', async () => {
    const cluster = create({ keepEntries: 5 });
    const away = cluster.others((await cluster.leader()).id)[0]!;
    cluster.crash(away);
    for (let i = 0; i < 40; i += 1) await cluster.propose({ add: 1 });
    cluster.restart(away);
    expect(await cluster.converge()).toEqual([40]);
  });

  it('transfers leadership when the leader is shut down, without an election timeout', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    await cluster.propose({ add: 1 });
    const startedAt = cluster.now;
    await cluster.shutDown(id);
    expect(await cluster.propose({ add: 1 })).toBe(2);
    expect(cluster.now - startedAt).toBeLessThan(100);
  });

  it('moves to the highest id after a while', async () => {
    const cluster = create();
    await cluster.waitFor(() => cluster.members[2]?.status.role === 'leader');
    expect((await cluster.leader()).id).toBe(3);
  });

  it('repeats a run with the same seed, and differs with another seed', async () => {
    const trace = async (seed: number): Promise<string> => {
      const cluster = create({ seed, network: { loss: 0.1 } });
      await cluster.propose({ add: 1 });
      // A member that was absent at the birth of the group does not vote until it was brought up to date.
      await cluster.converge();
      cluster.crash((await cluster.leader()).id);
      await cluster.propose({ add: 1 });
      return [...cluster.events, cluster.now].join('\n');
    };
    expect(await trace(4)).toBe(await trace(4));
    expect(await trace(4)).not.toBe(await trace(5));
  });

  it('holds no needless election in a minute', async () => {
    const cluster = create();
    await cluster.run(60_000);
    expect((await cluster.leader()).status.term).toBeLessThan(5);
  });

  it('detects a state machine that is not deterministic', async () => {
    let calls = 0;
    class Careless extends Counter {
      override apply(): number {
        return (calls += 1);
      }
    }
    const cluster = create({ stateMachine: () => new Careless() });
    await expect(
      (async () => {
        await cluster.propose({ add: 1 });
        await cluster.converge();
      })(),
    ).rejects.toThrow(/not deterministic: entry \d+ .* gave 1 on member \d and 2 on member \d/);
  });

  it('detects an incomplete snapshot', async () => {
    class Forgetful extends Counter {
      override restore(): void {
        // Restores nothing.
      }
    }
    const cluster = create({ stateMachine: () => new Forgetful(), keepEntries: 1 });
    const away = cluster.others((await cluster.leader()).id)[0]!;
    cluster.crash(away);
    for (let i = 0; i < 10; i += 1) await cluster.propose({ add: 1 });
    cluster.restart(away);
    await expect(cluster.converge()).rejects.toThrow(/differ in page 0 of their state: \d+ and \d+/);
  });

  it('names the member whose state machine throws', async () => {
    class Broken extends Counter {
      override apply(entry: { command: Add } & Parameters<Counter['apply']>[0], db: Database): number {
        if (entry.command.add < 0) throw new RangeError('cannot subtract');
        return super.apply(entry, db);
      }
    }
    const cluster = create({ stateMachine: () => new Broken() });
    await expect(cluster.propose({ add: -1 })).rejects.toThrow(/member \d stopped: cannot subtract/);
  });

  it('runs tasks of the leader on the leader only', async () => {
    const cluster = create({ preferHighestId: false });
    const running = new Set<number>();
    for (const member of cluster.members) {
      member.log.whileLeading((signal) => {
        running.add(member.id);
        signal.addEventListener('abort', () => running.delete(member.id));
      });
    }
    const first = await cluster.leader();
    expect([...running]).toEqual([first.id]);
    cluster.partition([first.id], cluster.others(first.id));
    const second = await cluster.leader();
    await cluster.run(2000);
    expect([...running]).toEqual([second.id]);
  });
});
