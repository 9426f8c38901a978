import { setTimeout as pause } from 'node:timers/promises';
import { faultsInLinearizability, type LookupOperation, type TradeOperation } from '../chaos/linearizability.js';
import type { Recorded } from './counters.js';
import type { LearnerGroup } from './learner-group.js';

const COUNTERS = ['a', 'b', 'c'];
const WRITERS = 4;
/** At the leader. */
const READERS = 2;
const READERS_PER_LEARNER = 3;
/** Longer than any freeze: a read under way then is answered afterwards, and judged. */
const READ_LIMIT_MS = 5000;
const WRITE_LIMIT_MS = 2000;
/** Between two requests of one client: a history is to be judged, not a machine to be worn out. */
const THINKING_MS = 5;

interface Of {
  readonly counter: string;
}

/** Writers and readers that go on until they are stopped, and remember what they were told. */
export class Load {
  /** A counter is a stock that is only sold to: it has one share for each addition. */
  private readonly additions: (TradeOperation & Of)[] = [];
  private readonly reads: (LookupOperation & Of & { readonly at: number | null })[] = [];
  private isStopped = false;
  private lastKey = 0;
  private readonly clients: readonly Promise<void>[];

  constructor(private readonly group: LearnerGroup) {
    const repeat = async (act: (counter: string) => Promise<void>): Promise<void> => {
      for (let i = 0; !this.isStopped; i += 1) {
        await act(COUNTERS[i % COUNTERS.length] ?? '');
        await pause(THINKING_MS);
      }
    };
    this.clients = [
      ...Array.from({ length: WRITERS }, () => repeat((counter) => this.add(counter))),
      ...Array.from({ length: READERS }, () => repeat((counter) => this.readAtLeader(counter))),
      ...group.learners.flatMap((id) =>
        Array.from({ length: READERS_PER_LEARNER }, () => repeat((counter) => this.readAtLearner(counter, id))),
      ),
    ];
  }

  /** Additions that were acknowledged since a time. */
  addedSince(time: number): readonly TradeOperation[] {
    return this.additions.filter(({ askedAt, outcome }) => askedAt >= time && outcome !== 'unknown');
  }

  /** Reads that were answered, by a learner or (null) by the leader. */
  readsAt(id: number | null): number {
    return this.reads.filter(({ at }) => at === id).length;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  /** Why what was told does not agree with what took effect, in order. */
  faults(record: readonly Recorded[]): readonly string[] {
    return COUNTERS.flatMap((counter) => {
      const isOfIt = (one: Of): boolean => one.counter === counter;
      const history = {
        quantity: 0,
        trades: this.additions.filter(isOfIt),
        lookups: this.reads.filter(isOfIt),
        record: record.filter(isOfIt),
      };
      return faultsInLinearizability(history).map((fault) => `${counter}: ${fault}`);
    });
  }

  private async add(counter: string): Promise<void> {
    const key = String((this.lastKey += 1));
    const askedAt = performance.now();
    const addition = { counter, key, change: 1, askedAt };
    try {
      const options = { timeoutMs: WRITE_LIMIT_MS, repeatable: false };
      const outcome = await this.group.client.call<number>('add', { counter, key }, options);
      this.additions.push({ ...addition, answeredAt: performance.now(), outcome });
    } catch {
      this.additions.push({ ...addition, answeredAt: Infinity, outcome: 'unknown' });
    }
  }

  private async readAtLeader(counter: string): Promise<void> {
    const askedAt = performance.now();
    try {
      const options = { timeoutMs: READ_LIMIT_MS, repeatable: true };
      const quantity = await this.group.client.call<number>('count', { counter }, options);
      this.reads.push({ counter, at: null, askedAt, answeredAt: performance.now(), quantity });
    } catch {
      // Nothing was told.
    }
  }

  private async readAtLearner(counter: string, at: number): Promise<void> {
    const askedAt = performance.now();
    const quantity = await this.group.ask<number>(at, 'count', { counter }, READ_LIMIT_MS);
    if (quantity !== undefined) this.reads.push({ counter, at, askedAt, answeredAt: performance.now(), quantity });
  }
}
