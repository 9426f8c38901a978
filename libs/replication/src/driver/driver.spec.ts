import { afterEach, describe, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { MemoryNetwork } from '../../testing/memory-network.js';
import { MemoryDisk, MemoryStorage } from '../../testing/memory-storage.js';
import { Random } from '../../testing/simulation/random.js';
import { createTestCluster, type TestCluster, type TestClusterOptions } from '../../testing/test-cluster.js';
import { VirtualTicker, VirtualTime } from '../../testing/virtual-time.js';
import { Replica } from '../core/replica.js';
import { NotLeader, OutcomeUnknown, Overloaded } from '../errors.js';
import { completeOptions } from '../replication.options.js';
import { Driver } from './driver.js';
import type { WriteBatch } from './ports.js';
import { coreOptions, tickMsOf } from './timing.js';

type Add = { readonly add: number };
const ONE = { add: 1 };

/** Remembers the writes, which end when the test says so. */
class SlowStorage extends MemoryStorage {
  readonly batches: WriteBatch[] = [];

  override write(batch: WriteBatch): Promise<readonly unknown[]> {
    this.batches.push(batch);
    return super.write(batch);
  }
}

/** A driver of a group of one, whose disk waits for `endWrite` or `failWrite`. */
class Alone {
  readonly time = new VirtualTime();
  readonly fatal: unknown[] = [];
  readonly storage: SlowStorage;
  readonly core: Replica;
  readonly driver: Driver;
  private writing: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor() {
    const members = [{ id: 1, host: 'test', port: 1 }];
    const options = completeOptions({ group: 'one', id: 1, members, dataDir: 'none', stateMachine: new Counter() });
    const sync = (): Promise<void> => new Promise((resolve, reject) => (this.writing = { resolve, reject }));
    this.storage = new SlowStorage(new MemoryDisk(), { stateMachine: new Counter(), keepEntries: 100, sync });
    const random = new Random(1);
    this.core = new Replica(coreOptions(options, true), this.storage, this.storage.hardState, 0, random.next);
    this.driver = new Driver({
      id: 1,
      core: this.core,
      ports: {
        storage: this.storage,
        transport: new MemoryNetwork({ minDelayMs: 1, maxDelayMs: 1, loss: 0 }, this.time, random).transport(1),
        ticker: new VirtualTicker(this.time, tickMsOf(options)),
        now: () => this.time.now,
        defer: (run) => this.time.after(0, run),
        pause: (ms) => this.time.pause(ms),
      },
      addressOf: () => ({ id: 1, host: 'test', port: 1 }),
      proposalTimeoutMs: 1000,
      onFatal: (error) => this.fatal.push(error),
      onProgress: () => undefined,
    });
    this.driver.start();
  }

  get isWriting(): boolean {
    return this.writing !== undefined;
  }

  async run(ms: number): Promise<void> {
    await this.time.runUntil(() => false, ms);
  }

  async endWrite(): Promise<void> {
    this.writing?.resolve();
    this.writing = undefined;
    await this.run(1);
  }

  async failWrite(): Promise<void> {
    this.writing?.reject(new Error('SQLITE_FULL: database or disk is full'));
    await this.run(1);
  }

  /** Elects itself: its vote, and the first entry of its term. */
  async lead(): Promise<void> {
    await this.run(50);
    while (this.isWriting) await this.endWrite();
  }
}

describe('a driver and its disk', () => {
  it('has one write under way, and everything that comes meanwhile shares the next one', async () => {
    const alone = new Alone();
    await alone.lead();
    const before = alone.storage.batches.length;
    const results = [alone.driver.propose('{"add":1}')];
    await alone.run(1);
    expect(alone.isWriting).toBe(true);
    results.push(alone.driver.propose('{"add":2}'), alone.driver.propose('{"add":3}'));
    await alone.run(100);
    expect(alone.storage.batches.length).toBe(before + 1);
    while (alone.isWriting) await alone.endWrite();
    expect(await Promise.all(results)).toEqual([1, 3, 6]);
    const sizes = alone.storage.batches.slice(before).map(({ entries }) => entries.length);
    expect(sizes.filter((size) => size > 0)).toEqual([1, 2]);
  });

  it('answers nobody before the write has ended', async () => {
    const alone = new Alone();
    await alone.lead();
    let isAnswered = false;
    void alone.driver.propose('{"add":1}').then(() => (isAnswered = true));
    await alone.run(500);
    expect(isAnswered).toBe(false);
    while (alone.isWriting) await alone.endWrite();
    expect(isAnswered).toBe(true);
  });

  it('stops for good when a write fails, and says so once', async () => {
    const alone = new Alone();
    await alone.lead();
    const result = expect(alone.driver.propose('{"add":1}')).rejects.toThrow('this replica stopped');
    await alone.run(1);
    await alone.failWrite();
    await result;
    await alone.run(1000);
    expect(alone.fatal.map(String)).toEqual(['Error: SQLITE_FULL: database or disk is full']);
    await expect(alone.driver.propose('{"add":1}')).rejects.toBeInstanceOf(NotLeader);
    await expect(alone.driver.read()).rejects.toBeInstanceOf(NotLeader);
  });

  it('stops for good when the state machine throws', async () => {
    const alone = new Alone();
    await alone.lead();
    const result = expect(alone.driver.propose('null')).rejects.toBeInstanceOf(OutcomeUnknown);
    await alone.run(1);
    while (alone.isWriting && alone.fatal.length === 0) await alone.endWrite();
    await result;
    expect(alone.fatal).toHaveLength(1);
  });

  it('stops for good when the core finds a proposal impossible', async () => {
    const alone = new Alone();
    await alone.lead();
    alone.core.propose = () => {
      throw new Error('an invariant');
    };
    await expect(alone.driver.propose('{"add":1}')).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(alone.fatal).toHaveLength(1);
  });

  it('notes how long its syncs took', async () => {
    const alone = new Alone();
    await alone.lead();
    void alone.driver.propose('{"add":1}');
    await alone.run(700);
    await alone.endWrite();
    expect(alone.driver.syncMs.longest).toBeGreaterThanOrEqual(699);
  });
});

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

  it('answers a proposal only after a majority has had the time to take it', async () => {
    const cluster = create({ network: { minDelayMs: 40, maxDelayMs: 41 } });
    const { log } = await cluster.leader();
    const startedAt = cluster.now;
    expect(await cluster.until(log.propose(ONE))).toBe(1);
    expect(cluster.now - startedAt).toBeGreaterThanOrEqual(80);
  });

  it('sends a proposal and a read on a follower to the leader', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    const { log } = cluster.member(cluster.others(id)[0]!);
    await expect(log.propose(ONE)).rejects.toMatchObject({ reason: 'NOT_LEADER', leader: { id } });
    await expect(log.read()).rejects.toMatchObject({ reason: 'NOT_LEADER', leader: { id } });
    expect(() => log.assertLeader()).toThrow(NotLeader);
  });

  it('refuses what is too much, and executes all that it took', async () => {
    const cluster = create({ maxProposals: 10 });
    const { log } = await cluster.leader();
    const proposals = Array.from({ length: 15 }, () => log.propose(ONE));
    const outcomes = await cluster.until(Promise.allSettled(proposals));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(Overloaded);
    expect(await cluster.converge()).toEqual([10]);
  });

  it('calls the outcome unknown when leadership is lost, without waiting for the limit', async () => {
    const cluster = create();
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    const startedAt = cluster.now;
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toThrow('leadership was lost');
    expect(cluster.now - startedAt).toBeLessThan(1500);
  });

  it('calls the outcome unknown when no majority answers in time', async () => {
    const cluster = create({ proposalTimeoutMs: 100 });
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toThrow('no majority answered in 100 ms');
    await expect(cluster.until(leader.log.read())).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('may still execute what it called unknown', async () => {
    const cluster = create({ proposalTimeoutMs: 100 });
    const leader = await cluster.leader();
    cluster.partition([leader.id], cluster.others(leader.id));
    await expect(cluster.until(leader.log.propose(ONE))).rejects.toBeInstanceOf(OutcomeUnknown);
    cluster.heal();
    expect(await cluster.converge()).toEqual([1]);
  });

  it('reads what was acknowledged before, on a new leader too', async () => {
    const cluster = create();
    const old = await cluster.leader();
    await cluster.propose({ add: 7 });
    cluster.crash(old.id);
    const next = await cluster.leader();
    await cluster.until(next.log.read());
    expect(next.query((db) => Counter.sum(db))).toBe(7);
  });

  it('finishes what is under way and hands over when it is shut down', async () => {
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

  it('hands over to the next one when the first can not be reached', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    const [first, second] = cluster.others(id) as [number, number];
    cluster.crash(first);
    await cluster.shutDown(id);
    expect(cluster.member(second).log.status().role).toBe('leader');
  });

  it('gives up a hand-over that nobody takes', async () => {
    const cluster = create();
    const { id } = await cluster.leader();
    for (const other of cluster.others(id)) cluster.crash(other);
    const startedAt = cluster.now;
    await cluster.shutDown(id);
    expect(cluster.now - startedAt).toBeLessThan(4000);
  });
});
