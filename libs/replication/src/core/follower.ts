import { acceptAppend } from './append-receiver.js';
import { invariant } from './invariant.js';
import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse, MemberId, Message, SnapshotPage } from './messages.js';
import type { RoleBehaviour, Transitions } from './role.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';
import { answerPreVote, answerVote } from './voting.js';

/** Follows whoever leads its term. Becomes a pre-candidate when it has received nothing from a leader for an election timeout (Raft paper 5.2). */
export class Follower implements RoleBehaviour {
  readonly role = 'follower';
  /** Ticks since the last message of the leader, or a vote given, or the role began. */
  private ticks = 0;
  /** In ticks. Random, so that one follower asks well before the others, and has won when their time is up. */
  private timeout: number;
  /** The tick at which it asks after a hint, before the timeout; infinite without one. */
  private asksAt = Infinity;
  /** The connection to the leader was reset: it may be dead, so it is no reason to refuse a vote. */
  private suspicious = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
    private readonly snapshots: SnapshotReceiver,
  ) {
    // Alone, there is nobody to wait for: the first tick elects.
    this.timeout = state.otherVoters.length === 0 ? 1 : state.drawElectionTimeout();
  }

  /** Counts from the shortest timeout and not from its own, so that all followers of a dead leader give their votes alike. */
  get hasLiveLeader(): boolean {
    return this.state.leader !== null && !this.suspicious && this.ticks < this.state.options.electionTicks;
  }

  tick(): void {
    this.ticks += 1;
    if (this.ticks >= Math.min(this.timeout, this.asksAt) && this.state.mayCampaign) this.to.becomePreCandidate();
  }

  /**
   * All followers of a killed leader get this hint at about the same time. The highest id asks at once and the others
   * one heartbeat later each, so that they seldom ask together; they all stop refusing votes.
   */
  suspectLeader(id: MemberId): void {
    if (this.state.leader !== id || this.suspicious) return;
    this.suspicious = true;
    const before = this.state.otherVoters.filter((voter) => voter > this.state.id && voter !== id).length;
    this.asksAt = this.ticks + before * this.state.options.heartbeatTicks;
    if (before === 0 && this.state.mayCampaign) this.to.becomePreCandidate();
  }

  step(message: Message): void {
    switch (message.type) {
      case 'append':
        this.receivedFrom(message);
        this.answer(acceptAppend(this.state, message));
        return;
      case 'snapshotPage':
        this.receivedFrom(message);
        this.snapshots.receive(message);
        return;
      case 'voteRequest':
        // Whoever was voted for gets the time to win. To ask at once would take the votes away from it.
        if (answerVote(this.state, message)) this.ticks = 0;
        return;
      case 'preVoteRequest':
        // A higher id that may win with this pre-vote goes first: this one must not ask while that one's candidacy is on its way.
        if (answerPreVote(this.state, message, this.hasLiveLeader) && message.from > this.state.id)
          this.asksAt = Math.max(this.asksAt, this.ticks + this.state.options.heartbeatTicks);
        return;
      case 'timeoutNow':
        // From any other it is late: that one leads no more. And a member that may not vote may not be elected either.
        if (this.state.leader === message.from && this.state.mayCampaign) this.to.becomeCandidate(true);
        return;
      case 'voteResponse':
      case 'preVoteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
        // Answers to what this member asked in an earlier role; and questions to a leader, which it is not.
        return;
      default:
        message satisfies never;
    }
  }

  /** It promises that the entries are durable here, so it must not leave before they are. */
  private answer(response: AppendResponse | null): void {
    if (response !== null) this.state.out.afterPersist.push(response);
  }

  private receivedFrom(message: Append | SnapshotPage): void {
    const { term, leader } = this.state;
    // Two leaders of one term may both commit at the same position. To stop here is better than to follow either.
    const isOnlyLeader = leader === null || leader === message.from;
    invariant(isOnlyLeader, 'one leader in each term', () => ({ term, leader, other: message.from }));
    this.state.leader = message.from;
    this.ticks = 0;
    this.suspicious = false;
    this.asksAt = Infinity;
  }
}
