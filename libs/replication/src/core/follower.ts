import { acceptAppend } from './append-receiver.js';
import { invariant } from './invariant.js';
import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse, MemberId, Message, SnapshotPage } from './messages.js';
import type { RoleBehaviour, Transitions } from './role.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';
import { answerPreVote, answerVote } from './voting.js';

/** Follows the leader of its term. Becomes a pre-candidate after an election timeout without a message of a leader (Raft paper 5.2). */
export class Follower implements RoleBehaviour {
  readonly role = 'follower';
  /** Ticks since the last message of the leader, the last vote given, or the start of the role. */
  private ticks = 0;
  /** In ticks. Random, so that one follower asks well before the others, and has won before they time out. */
  private timeout: number;
  /** The tick at which it asks because of a hint, before the timeout; infinite without a hint. */
  private asksAt = Infinity;
  /** The connection to the leader was reset. The leader may be dead, so it is no reason to refuse a vote. */
  private suspicious = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
    private readonly snapshots: SnapshotReceiver,
  ) {
    // A single voter has nobody to wait for, so it is elected on its first tick.
    this.timeout = state.otherVoters.length === 0 ? 1 : state.drawElectionTimeout();
  }

  /** Uses the shortest timeout, not its own, so that all followers of a dead leader begin to grant votes at the same time. */
  get hasLiveLeader(): boolean {
    return this.state.leader !== null && !this.suspicious && this.ticks < this.state.options.electionTicks;
  }

  tick(): void {
    this.ticks += 1;
    if (this.ticks >= Math.min(this.timeout, this.asksAt) && this.state.mayCampaign) this.to.becomePreCandidate();
  }

  /**
   * All followers of a killed leader get this hint at about the same time. They all stop refusing votes. The highest id asks
   * at once, and the others follow one heartbeat apart, so that they seldom ask together.
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
        // Give the candidate time to win. Asking at once would take votes away from it.
        if (answerVote(this.state, message)) this.ticks = 0;
        return;
      case 'preVoteRequest':
        // A higher id that may win with this pre-vote goes first: this member must not ask while that candidacy is on its way.
        if (answerPreVote(this.state, message, this.hasLiveLeader) && message.from > this.state.id)
          this.asksAt = Math.max(this.asksAt, this.ticks + this.state.options.heartbeatTicks);
        return;
      case 'timeoutNow':
        // From any other member it is late: its sender no longer leads. And a member that may not vote may not be elected either.
        if (this.state.leader === message.from && this.state.mayCampaign) this.to.becomeCandidate(true);
        return;
      case 'voteResponse':
      case 'preVoteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
        // Answers to requests of an earlier role, and questions for a leader.
        return;
      default:
        message satisfies never;
    }
  }

  /** Sends the answer after the sync, because it promises that the entries are durable here. */
  private answer(response: AppendResponse | null): void {
    if (response !== null) this.state.out.afterPersist.push(response);
  }

  private receivedFrom(message: Append | SnapshotPage): void {
    const { term, leader } = this.state;
    // Two leaders of one term may both commit at the same position. Stopping is better than following either.
    const isOnlyLeader = leader === null || leader === message.from;
    invariant(isOnlyLeader, 'one leader in each term', () => ({ term, leader, other: message.from }));
    this.state.leader = message.from;
    this.ticks = 0;
    this.suspicious = false;
    this.asksAt = Infinity;
  }
}
