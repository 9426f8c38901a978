import { LocalReads } from '../../src/core/local-reads.js';
import type { ReadLease } from '../../src/core/held-lease.js';
import type { Entry } from '../../src/core/messages.js';
import type { Replica } from '../../src/core/replica.js';
import type { Clock } from './clock.js';
import type { DerivedLeases } from './derived-leases.js';
import type { NodeContext } from './node-context.js';
import type { Answer } from './requests.js';
import type { State } from './state-machine.js';

/** The node that contains the learner. */
export interface LearnerNode {
  readonly clock: Clock;
  readonly state: State;
  /** Null if clients cache nothing. */
  readonly derivedLeases: DerivedLeases | null;
  later(delayMs: number, run: () => void): void;
  input(act: (replica: Replica) => void): void;
  /** Reads by asking the leader. */
  read(key: number, answer: (answer: Answer) => void): void;
}

interface Cached {
  readonly value: string;
  /** Start of the lease under which it was read; invalid under another lease. */
  readonly since: number;
}

/**
 * Simulates an app around a learner: it answers reads from local state and caches them. Some time after an entry has arrived, its
 * key is dropped from the cache. Only then may the entry take effect.
 */
export class LearnerShell {
  private readonly reads: LocalReads;
  private readonly cache = new Map<number, Cached>();
  private releasesAt: number;

  constructor(
    private readonly replica: Replica,
    private readonly node: LearnerNode,
    private readonly context: NodeContext,
  ) {
    const { settings, scheduler } = context;
    this.reads = new LocalReads(replica);
    // This incarnation can't know what clients cached from an earlier one, so it releases nothing before their leases have ended.
    this.releasesAt = scheduler.now + (settings.hasDerivedLeases ? settings.learners.readLeaseMs : 0);
  }

  /** Must be called after every input. */
  advance(): void {
    const entries = this.replica.takeReceived();
    if (entries.length > 0) this.dropAndRelease(entries);
    const { index } = this.node.state;
    this.replica.applied(index);
    this.reads.advance(this.node.clock.now(), index);
  }

  read(key: number, answer: (answer: Answer) => void): void {
    const lease = this.replica.readLease(this.node.clock.now());
    const cached = this.cache.get(key);
    if (lease !== null && cached?.since === lease.since) {
      answer({ outcome: 'done', value: cached.value, leader: null });
      this.keep(key, cached.value, lease);
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
    if (lease !== null && !isChanging) this.keep(key, value, lease);
  }

  private keep(key: number, value: string, { since, until }: ReadLease): void {
    this.cache.set(key, { value, since });
    this.node.derivedLeases?.give(key, value, until - this.node.clock.now(), this);
  }

  private drop(key: number): void {
    this.cache.delete(key);
    this.node.derivedLeases?.drop(key, this);
  }

  private dropAndRelease(entries: readonly Entry[]): void {
    const { random, scheduler, settings } = this.context;
    const { now } = scheduler;
    const last = entries.at(-1) as Entry;
    this.releasesAt = Math.max(this.releasesAt, now + (random.chance(0.5) ? 0 : random.between(0, settings.maxDropMs)));
    this.node.later(this.releasesAt - now, () => {
      for (const { data } of entries) this.drop(keyOf(data));
      this.node.input((replica) => {
        replica.released(last.index, last.term);
      });
    });
  }
}

/** Returns the key of a command; -1 for an entry without command. */
function keyOf(data: string | null): number {
  return data === null ? -1 : Number(data.slice(0, data.indexOf(':')));
}
