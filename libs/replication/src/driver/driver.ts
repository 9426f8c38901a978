import type { MemberId, Message } from '../core/messages.js';
import type { PageRequest, Ready } from '../core/ready.js';
import { NotLeader, OutcomeUnknown, Overloaded } from '../errors.js';
import type { DriverParts } from './driver-parts.js';
import { transferLeadership } from './transfer-leadership.js';
import { LeaderWatch } from './leader-watch.js';
import { Learning, type LearningHost } from './learning.js';
import { Pending } from './pending.js';
import { carriesPromise } from '../ports.js';
import { ReadsUnderWay } from './reads-under-way.js';
import { RecentTimes } from './recent-times.js';
import { SnapshotFeed } from './snapshot-feed.js';
import { Turn } from './turn.js';

/** How long a caller should wait before it repeats a proposal that was refused for load, in milliseconds. */
const RETRY_AFTER_OVERLOAD_MS = 100;
const SYNCS_IN_PERCENTILE = 1000;
const DRAIN_PAUSE_MS = 5;

/**
 * Runs a core. Inputs go straight into it; one turn of the event loop later all its effects are carried out together, in the
 * order that `Ready` prescribes. One disk write is in progress at a time; whatever arrives meanwhile shares the next one.
 */
export class Driver implements LearningHost {
  private readonly proposals: Pending<number, unknown>;
  private readonly reads: ReadsUnderWay;
  private readonly snapshots: SnapshotFeed;
  private readonly turn: Turn;
  readonly learning: Learning;
  /** Tracks when this member received from its leader, and the leader's commit index. */
  readonly leader: LeaderWatch;
  private readonly syncTimes = new RecentTimes(SYNCS_IN_PERCENTILE);
  private termOfProposals = 0;
  private isScheduled = false;
  private isWorking = false;
  private isDraining = false;
  private isStopped = false;

  constructor(private readonly parts: DriverParts) {
    const { now, storage } = parts.ports;
    this.proposals = new Pending(parts.proposalTimeoutMs, now);
    this.reads = new ReadsUnderWay(parts.proposalTimeoutMs, now);
    this.leader = new LeaderWatch(now);
    this.snapshots = new SnapshotFeed(storage, now);
    this.turn = new Turn(parts.ports.defer);
    this.learning = new Learning(parts, this);
  }

  /** Durations of writes with a sync, in milliseconds: the 99th percentile of recent ones, and the longest of all `count`. */
  get syncMs(): { readonly p99: number; readonly longest: number; readonly count: number } {
    return this.syncTimes;
  }

  start(): void {
    this.parts.messenger.start({
      receive: (messages) => this.receive(messages),
      connectionLost: (peer) => this.connectionLost(peer),
      groupFound: () => this.guarded(() => this.parts.core.groupFound()),
    });
    this.parts.ports.ticker.start(() => this.tick());
    this.schedule();
  }

  /** Proposes a command and resolves to the state machine's result, after commit and apply. */
  propose(data: string): Promise<unknown> {
    if (this.isStopped || this.isDraining) return Promise.reject(new NotLeader(null));
    const result = this.guarded(() => this.parts.core.propose([data]));
    if (!result) return Promise.reject(stopped());
    if (!result.ok) {
      const isOverloaded = result.reason === 'overloaded';
      return Promise.reject(isOverloaded ? new Overloaded(RETRY_AFTER_OVERLOAD_MS) : this.notLeader());
    }
    this.termOfProposals = result.term;
    this.schedule();
    return this.proposals.wait(result.firstIndex);
  }

  /** Resolves when everything that was acknowledged before the call can be read here. */
  read(): Promise<void> {
    const id = this.reads.nextId();
    const isTaken = !this.isStopped && this.guarded(() => this.parts.core.read(id));
    if (isTaken !== true) return Promise.reject(this.notLeader());
    this.schedule();
    return this.reads.wait(id);
  }

  notLeader(): NotLeader {
    const { leader, transferTo } = this.parts.core.status();
    const next = transferTo ?? leader;
    // A leader that is stopping may know no address but its own, which is of no use.
    return new NotLeader(next === null || next === this.parts.id ? null : this.parts.addressOf(next));
  }

  /** Transfers leadership, then refuses proposals and waits for pending ones, for at most `limitMs` milliseconds. */
  async drain(limitMs: number): Promise<void> {
    const { core, ports } = this.parts;
    const deadline = ports.now() + limitMs;
    const pauseWhile = async (isBusy: () => boolean): Promise<void> => {
      while (isBusy() && !this.isStopped && ports.now() < deadline) await ports.pause(DRAIN_PAUSE_MS);
    };
    await transferLeadership(core, pauseWhile, () => this.schedule());
    this.isDraining = true;
    await pauseWhile(() => this.proposals.size > 0);
  }

  /** Stops. Pending calls fail with `OutcomeUnknown`: their entries may be on other disks already. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.parts.ports.ticker.stop();
    this.parts.messenger.close();
    this.snapshots.closeAll();
    this.proposals.rejectAll(stopped);
    this.reads.rejectAll(stopped);
    this.learning.stop();
  }

  private receive(messages: readonly Message[]): void {
    this.leader.see(messages, this.parts.core.status().term);
    this.input(() => {
      const now = this.parts.ports.now();
      for (const message of messages) this.parts.core.step(message, now);
      this.learning.received();
    });
  }

  private connectionLost(peer: MemberId): void {
    this.input(() => {
      this.parts.core.unreachable(peer);
      this.parts.core.suspectLeader(peer);
    });
  }

  private tick(): void {
    this.input(() => this.parts.core.tick(this.parts.ports.now()));
    if (!this.isStopped) this.guarded(() => this.parts.ports.storage.flush());
    this.proposals.expire();
    this.reads.expire();
    this.learning.advance();
    this.snapshots.closeIdle();
    this.parts.onProgress();
  }

  /** Schedules one round of work for all inputs of this turn of the event loop. */
  private schedule(): void {
    if (this.isScheduled || this.isStopped) return;
    this.isScheduled = true;
    this.parts.ports.defer(() => {
      this.isScheduled = false;
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      while (!this.isStopped && this.parts.core.hasReady()) await this.carryOut(this.parts.core.takeReady());
    } catch (error) {
      this.fail(error);
    } finally {
      this.isWorking = false;
    }
  }

  private async carryOut(ready: Ready): Promise<void> {
    const { core } = this.parts;
    const { storage } = this.parts.ports;
    this.send(ready.sendNow);
    const results = await this.write(ready);
    if (this.isStopped) return;
    const lastEntry = ready.entries.at(-1);
    if (lastEntry) core.persisted(lastEntry.index, lastEntry.term);
    else if (carriesPromise(ready)) core.persisted(storage.lastIndex, storage.termAt(storage.lastIndex) ?? 0);
    this.send(ready.sendAfterPersist);
    ready.apply.forEach((entry, i) => this.settle(entry.index, entry.term, results[i]));
    this.reads.advance(ready.reads, storage.appliedIndex);
    this.learning.advance();
    for (const request of ready.pageRequests) this.sendPage(request);
    for (const id of ready.failedReads) this.reads.reject(id, () => this.notLeader());
    this.noticeLostLeadership();
    this.parts.onProgress();
  }

  private send(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.parts.messenger.send(messages);
    this.turn.sends();
  }

  private async write(ready: Ready): Promise<readonly unknown[]> {
    if (!carriesPromise(ready) && ready.apply.length === 0) return [];
    const isSynced = carriesPromise(ready) && this.parts.core.status().role !== 'learner';
    if (isSynced) await this.turn.untilSent();
    if (this.isStopped) return [];
    const { now, storage } = this.parts.ports;
    const startedAt = now();
    const results = await storage.write({ ...ready, joins: this.parts.messenger.groupId });
    if (isSynced) this.syncTimes.add(now() - startedAt);
    return results;
  }

  private sendPage(request: PageRequest): void {
    const page = this.snapshots.read(request);
    if (page)
      this.parts.core.snapshotPage(request.to, request.page, page.data, page.done, page.lastIndex, page.lastTerm);
  }

  private settle(index: number, term: number, result: unknown): void {
    if (this.proposals.size > 0) this.turn.sends();
    // If another leader's entry is at this index, ours can never commit.
    if (term === this.termOfProposals) this.proposals.resolve(index, result);
    else this.proposals.reject(index, () => this.notLeader());
  }

  /** Rejects proposals of a term that this member no longer leads: they may or may not survive. */
  private noticeLostLeadership(): void {
    if (this.proposals.size === 0) return;
    const { role, term } = this.parts.core.status();
    if (role === 'leader' && term === this.termOfProposals) return;
    this.proposals.rejectAll(() => new OutcomeUnknown('leadership was lost before the command took effect'));
  }

  /** Gives the core an input, and schedules its effects. */
  input(act: () => void): void {
    if (this.isStopped) return;
    this.guarded(act);
    this.schedule();
  }

  /** Gives the core an input. If that breaks an invariant, the member stops and there is no result. */
  private guarded<T>(input: () => T): T | undefined {
    try {
      return input();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  fail(error: unknown): void {
    this.stop();
    this.parts.onFatal(error);
  }
}

function stopped(): OutcomeUnknown {
  return new OutcomeUnknown('this replica stopped');
}
