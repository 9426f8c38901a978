import { describe, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { MemoryDisk, MemoryStorage } from '../../testing/memory-storage.js';
import { Random } from '../../testing/simulation/random.js';
import { VirtualTicker, VirtualTime } from '../../testing/virtual-time.js';
import { birthOf } from '../core/birth.js';
import type { Message } from '../core/messages.js';
import { Replica } from '../core/replica.js';
import { NotLeader, OutcomeUnknown } from '../errors.js';
import { completeOptions } from '../replication.options.js';
import { Driver } from './driver.js';
import type { MessageReceiver, Messenger } from './group-messenger.js';
import type { WriteBatch } from '../ports.js';
import { coreOptions, tickMsOf } from './timing.js';

/** A storage whose writes end when the test says so. */
class SlowStorage extends MemoryStorage {
  readonly batches: WriteBatch[] = [];
  flushes = 0;
  flushFails = false;

  override flush(): void {
    this.flushes += 1;
    if (this.flushFails) throw new Error('SQLITE_FULL: database or disk is full');
  }

  override write(batch: WriteBatch): Promise<readonly unknown[]> {
    this.batches.push(batch);
    return super.write(batch);
  }
}

/** Two peers that agree to everything. Messages to them leave at the end of the turn. */
class Followers implements Messenger {
  readonly groupId = null;
  readonly left: Message[] = [];
  private receiver: MessageReceiver | undefined;

  constructor(private readonly time: VirtualTime) {}

  start(receiver: MessageReceiver): void {
    this.receiver = receiver;
  }

  send(messages: readonly Message[]): void {
    this.time.after(0, () => this.left.push(...messages));
    const answers = messages.flatMap(answerTo);
    this.time.after(1, () => this.receiver?.receive(answers));
  }

  close(): void {
    this.receiver = undefined;
  }
}

function answerTo(message: Message): Message[] {
  const envelope = { from: message.to, to: message.from, term: message.term };
  if (message.type === 'preVoteRequest') return [{ type: 'preVoteResponse', ...envelope, granted: true }];
  if (message.type === 'voteRequest') return [{ type: 'voteResponse', ...envelope, granted: true }];
  if (message.type !== 'append') return [];
  const { prevIndex, entries, round } = message;
  const agreed = { accepted: true, index: prevIndex + entries.length, hintIndex: 0, hintTerm: 0 };
  return [{ type: 'appendResponse', ...envelope, ...agreed, round, nonce: null }];
}

/** A driver whose disk waits for `endWrite` or `failWrite`, in a group of one, or with two `Followers`. */
class Alone {
  readonly time = new VirtualTime();
  readonly fatal: unknown[] = [];
  readonly storage: SlowStorage;
  readonly core: Replica;
  readonly driver: Driver;
  readonly followers = new Followers(this.time);
  private writing: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(ids: readonly number[] = [1]) {
    const voters = ids.map((id) => ({ id, host: 'test', port: id }));
    const options = completeOptions({ group: 'one', id: 1, voters, dataDir: 'none', stateMachine: new Counter() });
    const sync = (): Promise<void> => new Promise((resolve, reject) => (this.writing = { resolve, reject }));
    this.storage = new SlowStorage(new MemoryDisk(), { stateMachine: new Counter(), keepEntries: 100, sync });
    const random = new Random(1);
    this.core = new Replica(
      coreOptions(options, true, birthOf('one')),
      this.storage,
      this.storage.hardState,
      0,
      random.next,
    );
    this.driver = new Driver({
      id: 1,
      core: this.core,
      ports: {
        storage: this.storage,
        ticker: new VirtualTicker(this.time, tickMsOf(options)),
        now: () => this.time.now,
        defer: (run) => this.time.after(0, run),
        pause: (ms) => this.time.pause(ms),
      },
      messenger: this.followers,
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

  /** Makes it leader: writes its vote, and the first entry of its term. */
  async lead(): Promise<void> {
    await this.run(50);
    while (this.isWriting) await this.endWrite();
  }
}

describe('a driver and its disk', () => {
  it('has one write in progress, and everything that arrives meanwhile shares the next one', async () => {
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

  it('answers no call before the write has ended', async () => {
    const alone = new Alone();
    await alone.lead();
    let isAnswered = false;
    void alone.driver.propose('{"add":1}').then(() => (isAnswered = true));
    await alone.run(500);
    expect(isAnswered).toBe(false);
    while (alone.isWriting) await alone.endWrite();
    expect(isAnswered).toBe(true);
  });

  it('stops for good when a write fails, and reports it once', async () => {
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

  it('flushes applied entries on each tick, stops for good when that fails, and reports it once', async () => {
    const alone = new Alone();
    await alone.lead();
    const before = alone.storage.flushes;
    await alone.run(100);
    expect(alone.storage.flushes).toBeGreaterThan(before);
    alone.storage.flushFails = true;
    await alone.run(1000);
    expect(alone.fatal.map(String)).toEqual(['Error: SQLITE_FULL: database or disk is full']);
  });

  it('does not flush after a broken invariant in the same tick, and reports only that', async () => {
    const alone = new Alone();
    await alone.lead();
    alone.storage.flushFails = true;
    alone.core.tick = () => {
      throw new Error('impossible');
    };
    await alone.run(1000);
    expect(alone.fatal.map(String)).toEqual(['Error: impossible']);
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

  it('stops for good when a proposal breaks an invariant', async () => {
    const alone = new Alone();
    await alone.lead();
    alone.core.propose = () => {
      throw new Error('an invariant');
    };
    await expect(alone.driver.propose('{"add":1}')).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(alone.fatal).toHaveLength(1);
  });

  it('does not let its sync delay messages', async () => {
    const leader = new Alone([1, 2, 3]);
    await leader.run(900);
    while (leader.core.status().role !== 'leader') await leader.endWrite();
    while (leader.isWriting) await leader.endWrite();
    const appendsAtWrite: number[] = [];
    const { left } = leader.followers;
    const { storage } = leader;
    const write = storage.write.bind(storage);
    storage.write = (batch) => {
      const sent = left.flatMap((message) => (message.type === 'append' ? message.entries : []));
      appendsAtWrite.push(sent.filter(({ data }) => data === '{"add":7}').length);
      return write(batch);
    };
    void leader.driver.propose('{"add":7}').catch(() => undefined);
    await leader.run(5);
    expect(appendsAtWrite).toEqual([2]);
  });

  it('records how long its syncs took', async () => {
    const alone = new Alone();
    await alone.lead();
    void alone.driver.propose('{"add":1}');
    await alone.run(700);
    await alone.endWrite();
    expect(alone.driver.syncMs.longest).toBeGreaterThanOrEqual(699);
  });
});
