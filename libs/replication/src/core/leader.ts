import { invariant } from './invariant.js';
import type { ReplicaState } from './replica-state.js';
import { GrantedLeases } from './granted-leases.js';
import type { AppendResponse, LeaseRequest, MemberId, Message, SnapshotResponse } from './messages.js';
import { Preference } from './preference.js';
import { Progress } from './progress.js';
import { Propagation } from './propagation.js';
import { Reads } from './reads.js';
import { nextIncarnation, nextRecovery, permitRecovered } from './recovery.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { LeadershipTransfer } from './leadership-transfer.js';
import { answerPreVote, answerVote } from './voting.js';

/**
 * Accepts commands, propagates them, and commits the entries that a majority holds (Raft paper 5.3). Leads until it learns of a
 * newer term or loses its majority.
 *
 * It only composes parts, each in its own file: propagation.ts sends, progress.ts tracks each peer, reads.ts proves leadership,
 * granted-leases.ts settles entries, leadership-transfer.ts and preference.ts let another member lead.
 */
export class Leader implements RoleBehaviour {
  readonly role = 'leader';
  readonly hasLiveLeader = true;
  /** The progress of each peer, voter or learner. A new leader starts without any knowledge of it. */
  readonly progress: ReadonlyMap<MemberId, Progress>;
  readonly reads: Reads;
  readonly transfer: LeadershipTransfer;
  readonly propagation: Propagation;
  readonly leases: GrantedLeases;
  private readonly preference: Preference;
  private ticks = 0;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
  ) {
    const { log, peers, otherVoters } = state;
    this.progress = new Map(peers.map((id) => [id, new Progress(id, log.lastIndex, !otherVoters.includes(id))]));
    this.propagation = new Propagation(state, this.progress);
    this.reads = new Reads(state, this.propagation);
    this.leases = new GrantedLeases(state, this.progress, this.reads);
    this.transfer = new LeadershipTransfer(state, this.progress);
    this.preference = new Preference(state, this.progress, this.transfer);
  }

  /**
   * Appends an entry at once, because entries of earlier terms commit only together with one of our own (Raft paper 5.4.2).
   * Otherwise a predecessor's entries, and every read, would wait for the next command.
   */
  start(): void {
    const { id, log, options } = this.state;
    this.state.leader = id;
    // The first entry of the log names the group. If a later leader overwrites it, the group gets the later name.
    this.append(log.lastIndex === 0 ? (options.birth ?? null) : null);
    this.propagation.begin();
  }

  /** Fails waiting reads, which can't be proven any more: another member may lead by now, and have acknowledged writes. */
  stop(): void {
    this.reads.fail();
  }

  /** Returns the index of the first command. The commands take effect once settled, or never, if a later leader cuts them. */
  propose(data: readonly string[]): number {
    const first = this.state.log.lastIndex + 1;
    for (const command of data) this.append(command);
    return first;
  }

  tick(): void {
    for (const peer of this.progress.values()) peer.lastContactTicks += 1;
    // First: a leader without a majority must not grant a lease or send anything more in this tick.
    if (!this.hasQuorum()) {
      this.to.becomeFollower(this.state.term, null);
      return;
    }
    this.ticks += 1;
    if (this.ticks % this.state.options.heartbeatTicks === 0) {
      this.propagation.heartbeat();
      // Waiting reads share this round, and need no message of their own.
      this.reads.roundBegan();
    }
    this.propagation.tick();
    this.leases.tick();
    this.transfer.tick();
    this.preference.tick();
  }

  step(message: Message): void {
    switch (message.type) {
      case 'appendResponse':
        if (this.received(message)) this.onAppendResponse(message);
        return;
      case 'snapshotResponse':
        if (this.received(message)) this.onSnapshotResponse(message);
        return;
      case 'leaseRequest':
        if (this.received(message)) this.leases.asked(this.peer(message.from), message);
        return;
      case 'append':
      case 'snapshotPage':
        // Neither may be preferred: both may have acknowledged entries at the same positions.
        invariant(false, 'one leader in each term', () => ({
          term: this.state.term,
          us: this.state.id,
          other: message.from,
        }));
        return;
      case 'preVoteRequest':
        answerPreVote(this.state, message, this.hasLiveLeader);
        return;
      case 'voteRequest':
        // Of our own term, in which we voted for ourselves, so it is refused.
        answerVote(this.state, message);
        return;
      case 'preVoteResponse':
      case 'voteResponse':
      case 'timeoutNow':
      case 'leaseResponse':
        // Late answers to the election that made it leader.
        return;
      default:
        message satisfies never;
    }
  }

  /** Sends everything that has gathered since the last flush: commands proposed together are sent together. */
  flush(): void {
    this.propagation.propagate();
  }

  /** Counts our own disk like any other, once the write has returned: a crash must not undo a commit. */
  persisted(): void {
    this.advance();
  }

  private append(data: string | null): void {
    this.state.log.append({ index: this.state.log.lastIndex + 1, term: this.state.term, data });
  }

  /**
   * Records that a peer is alive. False if the answer is from an incarnation that has ended: the present one may hold less than
   * that answer says.
   */
  private received(message: AppendResponse | SnapshotResponse | LeaseRequest): boolean {
    if (!this.mayHaveAsked(message)) return false;
    const peer = this.peer(message.from);
    const { round } = this.propagation;
    const recovery = peer.isLearner ? nextIncarnation(peer, message, round) : nextRecovery(peer, message, round);
    if (recovery === 'stale') return false;
    const isNewIncarnation = recovery !== null && recovery !== peer.recovery;
    peer.recovery = recovery;
    if (isNewIncarnation) {
      // Everything that it has acknowledged may be gone. The new round finds out what it holds, and proves which answers are new.
      peer.forget(this.state.log.lastIndex);
      this.propagation.heartbeat();
    }
    peer.answered(message.round);
    permitRecovered(this.progress, this.state.log.lastIndex);
    return true;
  }

  /**
   * No member of this group answers a round that did not begin, or holds more of our log than exists. The sender of such a
   * message is a stranger, which must not be able to stop the leader.
   */
  private mayHaveAsked(message: AppendResponse | SnapshotResponse | LeaseRequest): boolean {
    return message.round <= this.propagation.round && indexOf(message) <= this.state.log.lastIndex;
  }

  private onAppendResponse(message: AppendResponse): void {
    const peer = this.peer(message.from);
    if (message.accepted) this.propagation.onAccepted(peer, message);
    else this.propagation.onRefused(peer, message);
    this.advance();
  }

  private onSnapshotResponse(message: SnapshotResponse): void {
    this.propagation.onSnapshotResponse(this.peer(message.from), message);
    this.advance();
  }

  /** Called after any news: commits, settles, answers reads, and continues a leadership transfer. */
  private advance(): void {
    const { log, quorum } = this.state;
    // Without learners and members with amnesia: an entry must be on disks whose owners remember it when they vote.
    const voters = [...this.progress.values()].filter((peer) => peer.counts);
    const held = [log.durableIndex, ...voters.map((peer) => peer.matchIndex)];
    const index = nthHighest(held, quorum);
    // Raft paper 5.4.2, figure 8: an entry of an earlier term can still be overwritten, even if a majority holds it.
    if (index > log.commitIndex && log.matches(index, this.state.term)) log.commitTo(index);
    this.leases.advance();
    // Our own answer to the newest round counts as given.
    this.reads.advance(nthHighest([this.propagation.round, ...voters.map((peer) => peer.round)], quorum));
    this.transfer.advance();
  }

  /**
   * Check-quorum (Raft thesis 6.2): a leader that no majority answers must step down. Otherwise its clients would wait for commits
   * that can't come, instead of looking for the leader that the others may have elected.
   */
  private hasQuorum(): boolean {
    const { electionTicks } = this.state.options;
    const live = [...this.progress.values()].filter((peer) => peer.counts && peer.lastContactTicks < electionTicks);
    return live.length + 1 >= this.state.quorum;
  }

  private peer(id: MemberId): Progress {
    const peer = this.progress.get(id);
    // senders.ts has dropped messages of all others.
    invariant(peer !== undefined, 'messages come from members', () => ({ from: id, peers: this.state.peers }));
    return peer;
  }
}

/** Returns the index up to which the sender claims to have our log. */
function indexOf(message: AppendResponse | SnapshotResponse | LeaseRequest): number {
  switch (message.type) {
    case 'appendResponse':
      return Math.max(message.index, message.accepted ? message.hintIndex : 0);
    case 'snapshotResponse':
      return message.lastIndex;
    case 'leaseRequest':
      return 0;
  }
}

/** Returns the largest number that at least `n` of the values reach; 0 if there are fewer than `n`. */
function nthHighest(values: number[], n: number): number {
  return values.sort((a, b) => b - a)[n - 1] ?? 0;
}
