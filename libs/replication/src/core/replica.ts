/*
 * The replication protocol: Raft (Ongaro and Ousterhout 2014, "paper"; Ongaro 2014, "thesis") as one synchronous object. Start
 * here, and read the files in this order. DESIGN.md has the messages, the rules and the reasons, one numbered list each.
 *
 * Nothing here waits, reads a clock, or does I/O: calls go in, `takeReady()` returns effects as data, and the shell carries
 * them out in the order documented on `Ready` (ready.ts). So the same calls always give the same results.
 *
 * 1. Log (log.ts, tail.ts; birth.ts for its first entry). Commands are entries of a log, numbered from 1. An entry is *committed*
 *    once it is certain that no future leader can lack it; only then is it applied. The log consists of durable entries (the
 *    shell's `LogReader`) and a tail that is not durable yet. writer.ts hands the tail out to be written.
 *
 * 2. Messages and terms (messages.ts, senders.ts, terms.ts). Time is divided into terms, each with at most one leader. Every
 *    message carries its sender's term; a newer one makes the receiver a follower in it, an older one is stale.
 *
 * 3. Election (follower.ts, pre-candidate.ts, candidate.ts; voting.ts answers). A follower without a live leader asks everyone
 *    whether they would vote for it, and only with a majority of yes begins a new term and asks for votes. Votes go to members
 *    whose log is at least as complete as the voter's own, once in a term. replica-state.ts keeps a vote, and it leaves only once
 *    storage/sqlite-storage.ts has made it durable.
 *
 * 4. Propagation (leader.ts, propagation.ts, progress.ts; append-receiver.ts at the other end). The leader sends entries with the
 *    position and term of the one before; a follower takes them only if its log agrees there, and says so once they are durable.
 *    leader.ts commits what a majority holds, its own disk being one of them, if it is of its own term. An append without
 *    entries is a heartbeat. A leader can transfer its leadership (leadership-transfer.ts), also by itself, to the highest live
 *    id (preference.ts).
 *
 * 5. Snapshot (propagation.ts; snapshot-receiver.ts). The leader probes where its log agrees with that of a follower that was
 *    away, and sends the entries from there on; or a snapshot in pages, if its log no longer reaches back that far.
 *
 * 6. Recovery (amnesia.ts; recovery.ts at the leader). A member whose disk has lost votes or acknowledged entries has amnesia:
 *    it neither votes nor counts until a leader has brought it up to date.
 *
 * 7. Reads (reads.ts). A read is answered from the leader's state once another round of heartbeats has shown that it still leads.
 *
 * 8. Learners (learner.ts, receipts.ts; granted-leases.ts, held-lease.ts and local-reads.ts for their reads). A learner receives
 *    the log but does not vote. With a read lease it answers reads by itself: during the lease no entry is *settled*, and so none
 *    is applied or answered anywhere, before the learner has acknowledged it. Only leases need a clock; the shell passes the time.
 *
 * replica-state.ts is the state that the roles share; roles.ts switches between roles.
 *
 * Left out: membership changes at run time (they need a restart with a new list), and leases for reads at the leader (a round
 * costs one round trip, and no clock has to be trusted).
 */
import { Candidate } from './candidate.js';
import type { CoreOptions } from './core-options.js';
import { Follower } from './follower.js';
import { HeldLease, type ReadLease } from './held-lease.js';
import { invariant } from './invariant.js';
import { Leader } from './leader.js';
import { Learner } from './learner.js';
import type { LogReader } from './log-reader.js';
import { ReplicaState } from './replica-state.js';
import type { Entry, MemberId, Message } from './messages.js';
import type { HardState, Ready } from './ready.js';
import type { RoleBehaviour } from './role.js';
import { Roles } from './roles.js';
import type { ReadPosition } from './receipts.js';
import { mayComeFrom } from './senders.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { describe, describeMember, type CoreStatus, type MemberStatus, type Proposal } from './status.js';
import { settleTerm } from './terms.js';
import { Writer } from './writer.js';

export type { CoreStatus, LearnerProgress, MemberStatus, Proposal, VoterProgress } from './status.js';

/** One member of a replicated group. A single voter elects itself on its first tick. */
export class Replica {
  private readonly state: ReplicaState;
  private readonly writer: Writer;
  private readonly lease: HeldLease;
  private readonly roles: Roles;

  /**
   * @param log the durable entries; read synchronously whenever the core needs them
   * @param appliedIndex applied index of the shell's state machine; everything up to it is committed
   * @param random returns numbers from 0 up to but not including 1
   */
  constructor(options: CoreOptions, log: LogReader, hardState: HardState, appliedIndex: number, random: () => number) {
    this.state = new ReplicaState(options, log, hardState, appliedIndex, random);
    const snapshots = new SnapshotReceiver(this.state);
    this.writer = new Writer(this.state, snapshots);
    this.lease = new HeldLease(this.state);
    this.roles = new Roles(this.state, snapshots, this.lease);
  }

  /** @param now a reading of a clock that never jumps and runs on while the process is frozen, in milliseconds */
  tick(now: number): void {
    this.state.now = now;
    this.state.ticks += 1;
    this.role.tick();
  }

  /**
   * Handles a message. Drops messages from strangers, and messages for other members.
   * @param now a reading of the clock after the message arrived
   */
  step(message: Message, now: number): void {
    this.state.now = now;
    if (message.to !== this.state.id || !mayComeFrom(message, this.state)) return;
    if (settleTerm(this.state, message, this.role.hasLiveLeader, this.roles.transitions)) this.role.step(message);
  }

  /** Proposes commands: either all are accepted, in this order and without others in between, or none is. */
  propose(data: readonly string[]): Proposal {
    const { log, options, term, leader } = this.state;
    if (!(this.role instanceof Leader)) return { ok: false, reason: 'notLeader', leader };
    const target = this.role.transfer.target;
    if (target !== null) return { ok: false, reason: 'transferringLeadership', leader: target };
    const waiting = log.lastIndex - log.settledIndex + data.length;
    if (waiting > options.maxUncommittedEntries) return { ok: false, reason: 'overloaded', leader };
    return { ok: true, firstIndex: this.role.propose(data), term };
  }

  /**
   * Begins a linearizable read; the result arrives in `Ready.reads` or `Ready.failedReads`. A new leader holds it until its first
   * entry has committed, and a learner asks its leader. False if this member does not lead (ask `status().leader`), or is a learner
   * without a leader.
   */
  read(id: number): boolean {
    const { out } = this.state;
    if (this.role instanceof Learner) return this.lease.read(id);
    if (!(this.role instanceof Leader)) return false;
    this.role.reads.add({
      confirmed: (index) => out.reads.push({ id, index }),
      failed: () => out.failedReads.push(id),
    });
    return true;
  }

  /** At a learner: returns entries that arrived since the last call. The shell does what must happen first, then calls `released`. */
  takeReceived(): readonly Entry[] {
    return this.state.receipts?.handOut() ?? [];
  }

  /** At a learner: releases all entries up to this one, which may take effect as far as this learner is concerned. */
  released(index: number, term: number): void {
    if (this.state.receipts?.release(index, term) === true && this.role instanceof Learner) this.role.released();
  }

  /** At a learner: the shell has applied entries up to here. */
  applied(index: number): void {
    this.state.receipts?.appliedTo(index);
  }

  /**
   * Returns a learner's read lease; null without one. It is proof only for the time before `now`: call this after reading and
   * before answering, in the same turn.
   */
  readLease(now: number): ReadLease | null {
    return this.lease.at(now);
  }

  /** Returns the last entry, among those received before the read, that a read at this learner must wait for; null for none. */
  lastReceived(concerns: (entry: Entry) => boolean): ReadPosition | null {
    return this.state.receipts?.lastThat(concerns) ?? null;
  }

  /**
   * Reports that everything in the last `takeReady()` with something to write is durable, and visible in the `LogReader`.
   * @param index index of the last entry written, or of the log's end if there was none
   */
  persisted(index: number, term: number): void {
    invariant(
      Number.isSafeInteger(index) && term <= this.state.term,
      'only what was handed out becomes durable',
      () => ({ index, term }),
    );
    if (!this.writer.persisted()) return;
    if (this.role instanceof Leader || this.role instanceof Candidate) this.role.persisted();
  }

  hasReady(): boolean {
    const { log, out, installing } = this.state;
    if (out.hasImmediate || (!installing && log.hasUnapplied())) return true;
    if (this.role instanceof Leader && this.role.propagation.hasWork) return true;
    return this.writer.hasWork || (this.role instanceof Learner && this.role.hasWork);
  }

  takeReady(): Ready {
    if (this.role instanceof Leader || this.role instanceof Learner) this.role.flush();
    const { log, out, options, installing } = this.state;
    const write = this.writer.take();
    // Entries below a snapshot must not be applied on top of it.
    const apply = installing ? [] : log.takeUnapplied(options.maxUncommittedEntries, options.maxBytesPerAppend);
    const { now: sendNow, reads, failedReads, pageRequests } = out;
    out.now = [];
    out.reads = [];
    out.failedReads = [];
    out.pageRequests = [];
    return { sendNow, ...write, apply, reads, failedReads, pageRequests };
  }

  /** Answers a `PageRequest`. `lastIndex` and `lastTerm` are those of the last entry that the snapshot contains. */
  snapshotPage(to: MemberId, page: number, data: string, done: boolean, lastIndex: number, lastTerm: number): void {
    if (!(this.role instanceof Leader)) return;
    const peer = this.role.progress.get(to);
    if (peer !== undefined) this.role.propagation.sendPage(peer, { page, data, done, lastIndex, lastTerm });
  }

  /** Begins a transfer. False if this member does not lead or a transfer is in progress, or if the target is no other voter or has amnesia. */
  transferLeadership(to: MemberId): boolean {
    return this.role instanceof Leader && this.role.transfer.start(to);
  }

  /**
   * Reports that the shell has found a group with data. A member that has never voted or followed a leader may have lost
   * everything, so it takes no part in the birth of another group (see amnesia.ts).
   */
  groupFound(): void {
    if (this.state.isNew) this.state.amnesia.begin();
  }

  /** Hints that the leader may be dead (its connection was reset). May start a pre-vote; can't depose anyone. */
  suspectLeader(id: MemberId): void {
    if (this.role instanceof Follower) this.role.suspectLeader(id);
  }

  /** Hints that this peer is unreachable: stops the pipeline to it until it answers. */
  unreachable(peer: MemberId): void {
    if (this.role instanceof Leader) this.role.progress.get(peer)?.unreachable();
  }

  status(): CoreStatus {
    return describe(this.state, this.role);
  }

  /** Returns the part of the status about this member itself. Cheap enough to call after every input. */
  ownStatus(): MemberStatus {
    return describeMember(this.state, this.role);
  }

  /** Returns the term of an entry of the log, durable or not; undefined beyond the end and below the oldest entry kept. */
  termAt(index: number): number | undefined {
    return this.state.log.termAt(index);
  }

  private get role(): RoleBehaviour {
    return this.roles.current;
  }
}
