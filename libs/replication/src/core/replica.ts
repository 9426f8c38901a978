import { Candidate, PreCandidate } from './candidates.js';
import type { CoreOptions } from './core-options.js';
import { Follower } from './follower.js';
import { invariant } from './invariant.js';
import { Leader } from './leader.js';
import type { LogReader } from './log-reader.js';
import { Member } from './member.js';
import type { MemberId, Message } from './messages.js';
import type { HardState, Ready } from './ready.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { describe, type CoreStatus, type Proposal } from './status.js';
import { settleTerm } from './terms.js';

export type { CoreStatus, PeerStatus, Proposal } from './status.js';

/*
 * The replication protocol: Raft (Ongaro and Ousterhout 2014; "thesis" is Ongaro 2014), as one synchronous object.
 * Nothing here waits, reads a clock, or talks to anybody: calls go in, `takeReady()` gives data out, and the shell does
 * what it says in the order written on `Ready`. So the same calls give the same results, for ever.
 *
 * In reading order:
 *
 * The log (log.ts). Commands are entries of a log, numbered from 1. An entry is *committed* once it is certain that no
 * future leader can lack it; only then is it applied. The log is what is durable (the shell's `LogReader`) followed by
 * a tail that is not durable yet, kept here.
 *
 * Terms (terms.ts). Time is divided into terms, each with at most one leader. Every message carries its sender's term;
 * a newer one makes the receiver a follower in it, an older one is stale. Pre-votes alone move nobody.
 *
 * Election (follower.ts, candidates.ts, voting.ts). A follower that hears no leader asks everyone whether they would
 * vote for it (a pre-vote), and only with a majority of yes begins a new term and asks for votes. Votes go to members
 * whose log is at least as complete as the voter's own, once in a term, and leave only after they are durable.
 *
 * Propagation (leader.ts, propagation.ts, progress.ts, append-receiver.ts). The leader sends entries with the position
 * and term of the one before; a follower takes them only if its log agrees there, and says so once they are durable.
 * The leader commits what a majority holds, its own disk being one of them, if it is of its own term. An append without
 * entries is a heartbeat.
 *
 * Sync on rejoin (progress.ts, snapshot-receiver.ts). A follower that was away is probed for where the logs agree and
 * gets what it lacks from there on; or a snapshot in pages, where the leader's log no longer reaches back so far.
 *
 * Reads (reads.ts). A read is answered from the leader's own state after one more heartbeat round has shown that it
 * still leads.
 *
 * Hand-over (transfer.ts, preference.ts). A leader can hand over to a member that has everything, and does so for the
 * highest live id if that is asked for.
 *
 * Lost memory (memory.ts, recovery.ts). A member whose disk has forgotten what it promised does not vote or count.
 *
 * Left out: changes of membership while running (a restart with a new list is needed), leases for reads (a round costs
 * one message time, and no clock has to be trusted), and members that never vote.
 */

/** One member of a replicated group. A member of a group of one elects itself on its first tick. */
export class Replica {
  private readonly member: Member;
  private readonly snapshots: SnapshotReceiver;
  private readonly transitions: Transitions;
  private role: RoleBehaviour;
  private isWriting = false;

  /**
   * @param log what is durable, read synchronously whenever the core needs it
   * @param appliedIndex of the shell's state machine; everything up to there is committed
   * @param random gives numbers from 0 up to but not including 1
   */
  constructor(options: CoreOptions, log: LogReader, hardState: HardState, appliedIndex: number, random: () => number) {
    this.member = new Member(options, log, hardState, appliedIndex, random);
    this.snapshots = new SnapshotReceiver(this.member);
    this.transitions = this.createTransitions();
    this.role = new Follower(this.member, this.transitions, this.snapshots);
  }

  tick(): void {
    this.member.ticks += 1;
    this.role.tick();
  }

  /** Messages of strangers, and for others, are dropped. */
  step(message: Message): void {
    if (message.to !== this.member.id || !this.member.peers.includes(message.from)) return;
    if (settleTerm(this.member, message, this.role.hearsLeader, this.transitions)) this.role.step(message);
  }

  /** All of the commands are taken, in this order and without others in between, or none is. */
  propose(data: readonly string[]): Proposal {
    const { log, options, term, leader } = this.member;
    if (!(this.role instanceof Leader)) return { ok: false, reason: 'notLeader', leader };
    const target = this.role.transfer.target;
    if (target !== null) return { ok: false, reason: 'transferring', leader: target };
    const waiting = log.lastIndex - log.commitIndex + data.length;
    if (waiting > options.maxUncommittedEntries) return { ok: false, reason: 'overloaded', leader };
    return { ok: true, firstIndex: this.role.propose(data), term };
  }

  /**
   * Asks for a linearizable read; the answer comes in `Ready.reads` or `Ready.failedReads`. A new leader keeps it until
   * its first entry has committed. False: not the leader, ask `status().leader`.
   */
  read(id: number): boolean {
    if (!(this.role instanceof Leader)) return false;
    this.role.reads.add(id);
    return true;
  }

  /**
   * Everything that the last `takeReady()` with something to write handed out is durable, and the `LogReader` shows it.
   * @param index of the last entry of it, or of the log's end when it had no entries
   */
  persisted(index: number, term: number): void {
    if (!this.isWriting) return;
    invariant(
      Number.isSafeInteger(index) && term <= this.member.term,
      'only what was handed out becomes durable',
      () => ({ index, term }),
    );
    this.isWriting = false;
    this.member.log.writeReturned();
    this.snapshots.persisted();
    if (this.role instanceof Leader) this.role.persisted();
  }

  hasReady(): boolean {
    const { log, out, installing } = this.member;
    if (out.hasImmediate || (!installing && log.hasUnapplied())) return true;
    if (this.role instanceof Leader && this.role.propagation.hasWork) return true;
    return !this.isWriting && (this.hasWrite() || out.afterPersist.length > 0);
  }

  takeReady(): Ready {
    if (this.role instanceof Leader) this.role.flush();
    const { log, out, options, installing } = this.member;
    const write = this.takeWrite();
    // Entries below a snapshot must not be applied on top of it.
    const apply = installing ? [] : log.takeUnapplied(options.maxUncommittedEntries, options.maxBytesPerAppend);
    const { now: sendNow, reads, failedReads, pageRequests } = out;
    out.now = [];
    out.reads = [];
    out.failedReads = [];
    out.pageRequests = [];
    return { sendNow, ...write, apply, reads, failedReads, pageRequests };
  }

  /** The shell answers a `PageRequest`. `lastIndex` and `lastTerm` are of the last entry that the snapshot contains. */
  snapshotPage(to: MemberId, page: number, data: string, done: boolean, lastIndex: number, lastTerm: number): void {
    if (!(this.role instanceof Leader)) return;
    const peer = this.role.progress.get(to);
    if (peer !== undefined) this.role.propagation.sendPage(peer, { page, data, done, lastIndex, lastTerm });
  }

  /** False: not the leader, or a hand-over is under way, or the target is unknown or without memory. */
  transferLeadership(to: MemberId): boolean {
    return this.role instanceof Leader && this.role.transfer.start(to);
  }

  /**
   * There is a group with data already. A member that has never voted or heard a leader may have lost all that it had, so it
   * takes no part in the birth of another group (see memory.ts).
   */
  groupHeard(): void {
    if (this.member.isNew) this.member.memory.lose();
  }

  /** A hint that the leader may be dead (its connection was reset): may start a pre-vote, and can't depose anyone. */
  suspectLeader(id: MemberId): void {
    if (this.role instanceof Follower) this.role.suspectLeader(id);
  }

  /** A hint that nothing gets through to this peer: stop streaming to it until it answers. */
  unreachable(peer: MemberId): void {
    if (this.role instanceof Leader) this.role.progress.get(peer)?.unreachable();
  }

  status(): CoreStatus {
    return describe(this.member, this.role.role, this.leading);
  }

  /** Term of an entry of the log, durable or not; undefined beyond the end and below what is kept. */
  termAt(index: number): number | undefined {
    return this.member.log.termAt(index);
  }

  private get leading(): Leader | null {
    return this.role instanceof Leader ? this.role : null;
  }

  private createTransitions(): Transitions {
    const { member } = this;
    return {
      becomeFollower: (term, leader) => {
        if (this.role instanceof Leader) this.role.stop();
        member.enterTerm(term);
        member.leader = leader;
        this.role = new Follower(member, this.transitions, this.snapshots);
      },
      becomePreCandidate: () => {
        member.leader = null;
        this.start(new PreCandidate(member, this.transitions));
      },
      becomeCandidate: (transfer) => {
        this.start(new Candidate(member, this.transitions, transfer));
      },
      becomeLeader: () => {
        this.start(new Leader(member, this.transitions));
      },
      stepAgain: (message) => {
        this.role.step(message);
      },
    };
  }

  /** A role begins only once it is in place: its first act may already lead to the next one. */
  private start(role: PreCandidate | Candidate | Leader): void {
    this.role = role;
    role.start();
  }

  private hasWrite(): boolean {
    const { log, out, memory, hasHardState } = this.member;
    return hasHardState || memory.hasChange || log.hasUnwritten() || out.storePage !== null;
  }

  private takeWrite(): Pick<Ready, 'hardState' | 'mayVote' | 'entries' | 'storePage' | 'sendAfterPersist'> {
    if (this.isWriting) return { hardState: null, mayVote: null, entries: [], storePage: null, sendAfterPersist: [] };
    const { log, out, memory } = this.member;
    this.isWriting = this.hasWrite();
    const { storePage, afterPersist: sendAfterPersist } = out;
    out.storePage = null;
    out.afterPersist = [];
    if (storePage !== null) this.snapshots.handedOut(storePage);
    // Entries would be wiped out by the snapshot in the same write.
    const entries = storePage?.done === true ? [] : log.startWrite();
    return {
      hardState: this.member.takeHardState(),
      mayVote: memory.takeChange(),
      entries,
      storePage,
      sendAfterPersist,
    };
  }
}
