import { acceptAppend } from './append-receiver.js';
import type { HeldLease } from './held-lease.js';
import { invariant } from './invariant.js';
import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse, Message, SnapshotPage } from './messages.js';
import type { Receipts } from './receipts.js';
import type { RoleBehaviour } from './role.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';

/**
 * Receives the log but does not vote. Nothing depends on its disk, so it acknowledges received and released entries at once,
 * without waiting for a sync. With a lease it answers reads by itself (held-lease.ts, local-reads.ts).
 */
export class Learner implements RoleBehaviour {
  readonly role = 'learner';
  /** Never used: a learner has no vote to refuse. */
  readonly hasLiveLeader = false;
  /** Ticks since the last message of the leader. */
  private ticks = 0;
  /** Index up to which the log is known to agree with this leader's. */
  private agreedIndex = 0;
  /** The newest round that it has received from this leader. */
  private round = 0;
  private owesAnswer = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly snapshots: SnapshotReceiver,
    private readonly receipts: Receipts,
    private readonly lease: HeldLease,
  ) {
    if (state.leader !== null) lease.leaderFound();
  }

  tick(): void {
    this.ticks += 1;
    this.lease.tick();
    // A lease stays valid until its end. Only reads that need the leader fail.
    if (this.ticks < this.state.options.electionTicks || this.state.leader === null) return;
    this.state.leader = null;
    this.lease.leaderLost();
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
      case 'leaseResponse':
        this.lease.answered(message);
        return;
      case 'preVoteRequest':
      case 'preVoteResponse':
      case 'voteRequest':
      case 'voteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'timeoutNow':
        // A learner takes part in no election, and never leads.
        return;
      default:
        message satisfies never;
    }
  }

  /** The shell has released entries, so more may be acknowledged. */
  released(): void {
    this.owesAnswer = this.agreedIndex > 0;
  }

  get hasWork(): boolean {
    return this.owesAnswer || this.lease.hasQuestion;
  }

  /** Sends one answer for everything that has arrived or was released since the last flush. */
  flush(): void {
    if (this.owesAnswer) this.acknowledge();
    this.owesAnswer = false;
    this.lease.flush(this.round);
  }

  private acknowledge(): void {
    const { id, term, leader, amnesia, out } = this.state;
    if (leader === null) return;
    out.now.push({
      type: 'appendResponse',
      from: id,
      to: leader,
      term,
      accepted: true,
      // Not entries that are only received: caches behind this learner may still show the data that they change.
      index: Math.min(this.agreedIndex, this.receipts.releasedIndex),
      hintIndex: this.agreedIndex,
      hintTerm: 0,
      round: this.round,
      nonce: amnesia.nonce,
    });
  }

  private answer(response: AppendResponse | null): void {
    if (response === null) return;
    // A refusal is sent at once and separately, because the leader sends nothing new until it arrives.
    if (!response.accepted) {
      this.state.out.now.push(response);
      return;
    }
    this.agreedIndex = Math.max(this.agreedIndex, response.index);
    this.owesAnswer = true;
  }

  private receivedFrom({ from, round }: Append | SnapshotPage): void {
    const { term, leader } = this.state;
    invariant(leader === null || leader === from, 'one leader in each term', () => ({ term, leader, other: from }));
    this.state.leader = from;
    this.ticks = 0;
    // Messages may be reordered; an older round would hide from the leader that this learner knows a newer one.
    this.round = Math.max(this.round, round);
    if (leader === null) this.lease.leaderFound();
  }
}
