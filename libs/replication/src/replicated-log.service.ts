import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Replica } from './core/replica.js';
import { Driver } from './driver/driver.js';
import { EventLog } from './driver/event-log.js';
import { createMessenger } from './driver/create-messenger.js';
import { startCore } from './driver/start-core.js';
import { tickMsOf } from './driver/timing.js';
import type { Ports, Storage } from './ports.js';
import type { MemberAddress } from './errors.js';
import { LeaderTasks, type LeaderTask } from './leader-tasks.js';
import { readLogPage, type LogPage } from './log-page.js';
import { othersOf, whyNotReady, type ReplicaStatus } from './replica-status.js';
import { completeOptions, nameOf, type CompleteOptions, type ReplicationOptions } from './replication.options.js';
import { REPLICATION_OPTIONS, REPLICATION_PORTS } from './replication.tokens.js';

/** A change of leadership, as far as this member knows. */
export interface LeadershipChange {
  readonly term: number;
  readonly leader: MemberAddress | null;
  /** Whether this member leads. */
  readonly isLeader: boolean;
}

/** Maximum length of a command, in characters of JSON. */
const MAX_COMMAND_LENGTH = 1_000_000;
/** Time limit for pending proposals when the process stops, in milliseconds. */
const DRAIN_LIMIT_MS = 3000;

/** A log that a majority of the group has on disk, and the state machine that it drives. Commands are plain JSON. */
@Injectable()
export class ReplicatedLog<Command = unknown, Result = unknown>
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly options: CompleteOptions;
  private readonly storage: Storage;
  private readonly core: Replica;
  private readonly driver: Driver;
  private readonly events: EventLog;
  private readonly tickMs: number;
  private readonly leadership: BehaviorSubject<LeadershipChange>;
  private readonly applied: BehaviorSubject<number>;
  private readonly tasks: LeaderTasks;

  constructor(
    @Inject(REPLICATION_OPTIONS) options: ReplicationOptions<Command, Result>,
    @Inject(REPLICATION_PORTS) private readonly ports: Ports,
  ) {
    this.options = completeOptions(options);
    const { id, voters, electionTimeoutMs, readLeaseMs, proposalTimeoutMs, onReceived, onFatal } = this.options;
    const { storage, events } = ports;
    this.storage = storage;
    this.tickMs = tickMsOf(this.options);
    this.core = startCore(this.options, ports);
    this.events = new EventLog({
      ...{ nameOf: (member) => nameOf(this.options, member), voters: voters.length },
      ...{ silenceTicks: Math.ceil(electionTimeoutMs / this.tickMs), tickMs: this.tickMs, readLeaseMs, sink: events },
    });
    this.leadership = new BehaviorSubject(this.currentLeadership());
    this.applied = new BehaviorSubject(storage.appliedIndex);
    this.tasks = new LeaderTasks(this.leadership, events);
    this.driver = new Driver({
      id,
      core: this.core,
      ports,
      messenger: createMessenger(this.options, ports, (error) => {
        this.driver.stop();
        onFatal(error);
      }),
      addressOf: (member) => this.addressOf(member),
      proposalTimeoutMs,
      ...(onReceived && { onReceived }),
      onFatal,
      onProgress: () => this.noticeProgress(),
    });
  }

  /** Emits changes of leadership, beginning with the present state. */
  get leadership$(): Observable<LeadershipChange> {
    return this.leadership.asObservable();
  }

  /** The index of the last applied entry, each time it has risen, beginning with what it is now. */
  get applied$(): Observable<number> {
    return this.applied.asObservable();
  }

  /**
   * Runs `start` whenever this member becomes leader. The signal is aborted as soon as leadership ends or the process stops; the
   * next run begins only after the previous one has ended. An error becomes a warning in the log, and the task runs again at the
   * next leadership. Leadership can be lost without notice, so only `propose` is proof that this member still leads.
   *
   * @example
   * log.whileLeading(async (signal) => {
   *   for await (const _ of setInterval(1000, null, { signal })) await sweep(); // of node:timers/promises
   * });
   * @returns a function that ends the task
   */
  whileLeading(start: LeaderTask): () => void {
    return this.tasks.add(start);
  }

  /**
   * Proposes a command. Resolves to the state machine's result once a majority has the command on disk and it is applied here.
   * Throws `NotLeader` or `Overloaded` (certainly not executed), `OutcomeUnknown`, or a `RangeError` (not executed either) for a
   * command of more than a million characters of JSON, which would delay heartbeats.
   */
  async propose(command: Command): Promise<Result> {
    const data = JSON.stringify(command);
    if (data.length > MAX_COMMAND_LENGTH)
      throw new RangeError(`a command of ${data.length} characters is too long; ${MAX_COMMAND_LENGTH} are the limit`);
    return (await this.driver.propose(data)) as Result;
  }

  /**
   * Resolves when the local state includes everything that any member acknowledged before the call.
   * Throws `NotLeader` if this member does not lead, and `OutcomeUnknown` if no majority answers in time.
   */
  async read(): Promise<void> {
    await this.driver.read();
  }

  /**
   * At a learner: resolves when the local state includes everything that was acknowledged before the call. With a read lease it
   * asks nobody. Read in the same turn of the event loop. Throws `NoLeader` if there is neither a lease nor a leader. At a voter
   * it is `read()`.
   * @param options `touches` reports whether a command may change the data to be read; it waits for no others. @default all
   */
  async readLocal({ touches = () => true }: { readonly touches?: (command: Command) => boolean } = {}): Promise<void> {
    if (this.options.role === 'voter') await this.read();
    else await this.driver.learning.readLocal(touches as (command: unknown) => boolean);
  }

  /** Throws `NotLeader`, naming the leader if known, unless this member believes that it leads and accepts proposals. */
  assertLeader(): void {
    const { role, transferTo } = this.core.status();
    if (role !== 'leader' || transferTo !== null) throw this.driver.notLeader();
  }

  /** The member's term. Cheaper than `status()`. */
  get term(): number {
    return this.core.status().term;
  }

  /** Unique id of the group; null until it is created, or this member has joined it. */
  get groupId(): string | null {
    return this.storage.groupId;
  }

  /** Milliseconds until this learner's read lease ends, unless it is renewed; null without a lease. */
  get readLeaseMs(): number | null {
    const now = this.ports.now();
    const lease = this.core.readLease(now);
    return lease === null ? null : Math.floor(lease.until - now);
  }

  status(): ReplicaStatus {
    const core = this.core.status();
    const { term, role, leader, lastIndex, commitIndex, settledIndex } = core;
    const notReadyBecause = whyNotReady(core, this.storage, this.driver.leader.commitIndex);
    return {
      group: this.options.group,
      groupId: this.groupId,
      id: this.options.id,
      role,
      term,
      leader: leader === null ? null : this.addressOf(leader),
      lastIndex,
      commitIndex,
      settledIndex,
      appliedIndex: this.storage.appliedIndex,
      ready: notReadyBecause === null,
      notReadyBecause,
      lastHeartbeatMs: role === 'leader' ? null : this.driver.leader.lastContactMs,
      ...othersOf(core, this.tickMs),
      readLeaseMs: this.readLeaseMs,
      syncP99Ms: this.driver.syncMs.p99,
      slowestSyncMs: this.driver.syncMs.longest,
      syncs: this.driver.syncMs.count,
    };
  }

  /** Returns a bounded page of the log on this member's disk, from index `from` on; for people and tools. */
  page(from: unknown, limit: unknown): LogPage {
    const { group, id } = this.options;
    const { firstIndex, lastIndex } = this.storage;
    const { commitIndex } = this.core.status();
    return { group, id, firstIndex, lastIndex, commitIndex, entries: readLogPage(this.storage, from, limit) };
  }

  onApplicationBootstrap(): void {
    this.driver.start();
    const { lastIndex, appliedIndex, hardState } = this.storage;
    this.ports.events.log(`starts with ${lastIndex} log entries, ${appliedIndex} applied, term ${hardState.term}`);
    if (!this.storage.mayVote)
      this.ports.events.warn('has forgotten what it promised: does not vote until it is up to date');
  }

  onModuleDestroy(): void {
    this.events.isStopping = true;
    this.tasks.endAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.driver.drain(DRAIN_LIMIT_MS);
  }

  onApplicationShutdown(): void {
    this.driver.stop();
    this.leadership.complete();
    this.applied.complete();
    this.storage.close();
  }

  private noticeProgress(): void {
    const { lastContactMs: leaderContactMs, commitIndex: leaderCommitIndex } = this.driver.leader;
    const { appliedIndex } = this.storage;
    this.events.observe({
      status: this.core.status(),
      appliedIndex,
      leaderCommitIndex,
      leaderContactMs,
      holdsLease: this.readLeaseMs !== null,
      now: this.ports.now(),
    });
    if (appliedIndex > this.applied.value) this.applied.next(appliedIndex);
    const leadership = this.currentLeadership();
    const { term, leader } = this.leadership.value;
    if (leadership.term !== term || leadership.leader?.id !== leader?.id) this.leadership.next(leadership);
  }

  private currentLeadership(): LeadershipChange {
    const { term, role, leader } = this.core.status();
    return { term, isLeader: role === 'leader', leader: leader === null ? null : this.addressOf(leader) };
  }

  private addressOf(id: number): MemberAddress {
    const member = this.options.voters.find((candidate) => candidate.id === id);
    if (!member) throw new RangeError(`no member ${id} in the ${this.options.group} group`);
    return member;
  }
}
