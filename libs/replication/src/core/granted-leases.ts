import type { ReplicaState } from './replica-state.js';
import type { LeaseRequest, MemberId } from './messages.js';
import type { Progress } from './progress.js';
import type { Reads } from './reads.js';

/**
 * The read leases that a leader has granted, and how far the log is settled (leases: Gray and Cheriton 1989; for replicated logs
 * Moraru et al., "Paxos Quorum Leases", 2014).
 *
 * While a learner holds a lease it may answer reads from its own state, so nothing takes effect before it has acknowledged it:
 *
 * 1. A lease is granted only after a round that began when the question was there. A member of the majority that answered it had
 *    not voted for a later leader by then. So a later leader was elected after the question.
 * 2. Here it lasts from the moment when the question arrived. The learner counts from when it sent it, less a margin, so its
 *    lease ends first.
 * 3. A new leader assumes that each learner holds a lease that was asked for at the moment of its election. Because of 1, that
 *    covers all leases that its predecessors have granted.
 * 4. A learner that has left an entry unacknowledged for the time of a lease gets none: it may hold up the others once.
 * 5. A lease outlives its learner's process. A learner whose hook has given leases of its own (to caches, until its own lease
 *    ends) leaves them behind when it dies, and the next process knows nothing of them. So the lease counts until its end, and
 *    what the earlier process had acknowledged does not; and a learner whose hook has given leases of its own must not release
 *    anything in its first `readLeaseMs`.
 */
export class GrantedLeases {
  private readonly learners: readonly Progress[];
  /** When each learner's lease ends, if it holds one. */
  private readonly ends: Map<MemberId, number>;
  /** Learners whose lease this leader has granted itself. */
  private readonly granted = new Set<MemberId>();
  /** The last index of the log at some times, the first of them about a lease ago. Shows who has lagged for a whole lease. */
  private readonly lengths: { readonly at: number; readonly lastIndex: number }[];

  constructor(
    private readonly state: ReplicaState,
    progress: ReadonlyMap<MemberId, Progress>,
    private readonly reads: Reads,
  ) {
    this.learners = [...progress.values()].filter((peer) => peer.isLearner);
    this.lengths = [{ at: -Infinity, lastIndex: state.log.lastIndex }];
    this.ends = new Map(this.learners.map(({ id }) => [id, state.now + this.leaseMs]));
  }

  tick(): void {
    if (this.learners.length === 0) return;
    this.noteLength();
    this.advance();
  }

  /** Settles what is committed and acknowledged by all that hold a lease. */
  advance(): void {
    const { log } = this.state;
    const holders = this.learners.filter(({ id }) => this.isHeldBy(id));
    log.settleTo(Math.min(log.commitIndex, ...holders.map((peer) => peer.matchIndex)));
  }

  /** A learner asks for a lease, or for how far it must have got to answer a read. */
  asked(peer: Progress, request: LeaseRequest): void {
    const askedAt = this.state.now;
    this.reads.add({
      confirmed: () => {
        this.answer(peer, request, askedAt);
      },
      // It will ask the next leader.
      failed: () => undefined,
    });
  }

  /** Milliseconds until the end of the lease that this leader has granted; null when there is none. */
  remainingMs(id: MemberId): number | null {
    return this.granted.has(id) && this.isHeldBy(id) ? (this.ends.get(id) ?? 0) - this.state.now : null;
  }

  private answer(peer: Progress, { question, nonce }: LeaseRequest, askedAt: number): void {
    // The learner was restarted since it asked: the new incarnation has no question under this number.
    if (peer.recovery?.nonce !== nonce) return;
    const { id, term, log, out, now } = this.state;
    const leaseMs = peer.matchIndex >= this.lengthAt(now - this.leaseMs) ? this.leaseMs : 0;
    if (leaseMs > 0) {
      this.ends.set(peer.id, Math.max(this.ends.get(peer.id) ?? 0, askedAt + leaseMs));
      this.granted.add(peer.id);
    }
    // Not only what the round has shown: what was settled since, without this learner, lies below the commit index too.
    const index = log.commitIndex;
    out.now.push({ type: 'leaseResponse', from: id, to: peer.id, term, question, nonce, index, leaseMs });
  }

  /** Also a lease that a predecessor may have granted, or that an earlier incarnation of the learner held. */
  private isHeldBy(id: MemberId): boolean {
    return this.state.now < (this.ends.get(id) ?? -Infinity);
  }

  private noteLength(): void {
    const { log, now } = this.state;
    if (this.lengths.at(-1)?.lastIndex !== log.lastIndex) this.lengths.push({ at: now, lastIndex: log.lastIndex });
    while ((this.lengths[1]?.at ?? Infinity) <= now - this.leaseMs) this.lengths.shift();
  }

  private lengthAt(time: number): number {
    return this.lengths.findLast(({ at }) => at <= time)?.lastIndex ?? 0;
  }

  private get leaseMs(): number {
    return this.state.options.learners?.readLeaseMs ?? 0;
  }
}
