import { acceptAppend } from './append-receiver.js';
import type { HeldLease } from './held-lease.js';
import { invariant } from './invariant.js';
import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse, Message, SnapshotPage } from './messages.js';
import type { Receipts } from './receipts.js';
import type { RoleBehaviour } from './role.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';

/**
 * Has the log and no vote. Nothing depends on its disk, so it acknowledges what it has received and released, at once, without
 * waiting for a sync. With a lease it answers reads by itself (held-lease.ts, local-reads.ts).
 */
export class Learner implements RoleBehaviour {
  readonly role = 'learner';
  /** Never asked for: it has no vote to refuse. */
  readonly hasLiveLeader = false;
  /** Ticks since the last message of the leader. */
  private ticks = 0;
  /** The log is known to agree with this leader's up to here. */
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
    // A lease that it holds goes on until its end. Only reads that need the leader fail.
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
        // It takes no part in elections, and leads nobody that could answer it.
        return;
      default:
        message satisfies never;
    }
  }

  /** The shell has released entries. More may be acknowledged now than when they arrived. */
  released(): void {
    this.owesAnswer = this.agreedIndex > 0;
  }

  get hasWork(): boolean {
    return this.owesAnswer || this.lease.hasQuestion;
  }

  /** Sends one answer for all that has arrived or was released since the last time. */
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
      // Not what is only here: caches behind this learner may still show what the entry changes.
      index: Math.min(this.agreedIndex, this.receipts.releasedIndex),
      hintIndex: this.agreedIndex,
      hintTerm: 0,
      round: this.round,
      nonce: amnesia.nonce,
    });
  }

  private answer(response: AppendResponse | null): void {
    if (response === null) return;
    // A refusal leaves at once and by itself, because the leader sends nothing new until it has it.
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
    // Messages overtake each other; an older round would hide from the leader that this learner knows the newer one.
    this.round = Math.max(this.round, round);
    if (leader === null) this.lease.leaderFound();
  }
}
