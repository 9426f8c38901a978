import { LocalReads } from '../../src/core/local-reads.js';
import type { Entry } from '../../src/core/messages.js';
import type { Replica } from '../../src/core/replica.js';
import type { Clock } from './clock.js';
import type { Random } from './random.js';
import type { Answer } from './requests.js';
import type { State } from './state-machine.js';

/** The node around it. */
export interface LearnerNode {
  readonly clock: Clock;
  readonly state: State;
  later(delayMs: number, run: () => void): void;
  input(act: (replica: Replica) => void): void;
  /** Asks the leader. */
  read(key: number, answer: (answer: Answer) => void): void;
}

interface Cached {
  readonly value: string;
  /** Of the lease that it was read under; it is worth nothing under another one. */
  readonly since: number;
}

/**
 * What an app does with a learner: it answers reads from local state and keeps them in a cache, out of which an entry's key is
 * dropped some time after the entry has arrived. Only then may the entry take effect.
 */
export class LearnerShell {
  private readonly reads: LocalReads;
  private readonly cache = new Map<number, Cached>();
  private releasesAt = 0;

  constructor(
    private readonly replica: Replica,
    private readonly node: LearnerNode,
    private readonly random: Random,
    /** Longest time until what a received entry changes has been dropped from the cache. */
    private readonly maxDropMs: number,
  ) {
    this.reads = new LocalReads(replica);
  }

  /** To be called after every input. */
  advance(now: number): void {
    const entries = this.replica.takeReceived();
    if (entries.length > 0) this.dropAndRelease(entries, now);
    const { index } = this.node.state;
    this.replica.applied(index);
    this.reads.advance(this.node.clock.now(), index);
  }

  read(key: number, answer: (answer: Answer) => void): void {
    const lease = this.replica.readLease(this.node.clock.now());
    const cached = this.cache.get(key);
    if (lease !== null && cached?.since === lease.since) {
      answer({ outcome: 'done', value: cached.value, leader: null });
      return;
    }
    const read = {
      concerns: ({ data }: Entry) => keyOf(data) === key,
      ripe: () => {
        this.answer(key, answer);
      },
      askLeader: () => {
        this.node.read(key, answer);
      },
    };
    this.reads.start(read, this.node.clock.now(), this.node.state.index);
  }

  private answer(key: number, answer: (answer: Answer) => void): void {
    const value = this.node.state.values[key] ?? '';
    answer({ outcome: 'done', value, leader: null });
    const lease = this.replica.readLease(this.node.clock.now());
    const isChanging = this.replica.lastReceived(({ data }) => keyOf(data) === key) !== null;
    if (lease !== null && !isChanging) this.cache.set(key, { value, since: lease.since });
  }

  private dropAndRelease(entries: readonly Entry[], now: number): void {
    const { random, maxDropMs } = this;
    const last = entries.at(-1) as Entry;
    this.releasesAt = Math.max(this.releasesAt, now + (random.chance(0.5) ? 0 : random.between(0, maxDropMs)));
    this.node.later(this.releasesAt - now, () => {
      for (const { data } of entries) this.cache.delete(keyOf(data));
      this.node.input((replica) => {
        replica.released(last.index, last.term);
      });
    });
  }
}

/** -1 for an entry without command. */
function keyOf(data: string | null): number {
  return data === null ? -1 : Number(data.slice(0, data.indexOf(':')));
}
