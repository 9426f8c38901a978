import type { ReplicaState } from './replica-state.js';
import type { LeaseRequest, MemberId } from './messages.js';
import type { Progress } from './progress.js';
import type { Reads } from './reads.js';

/**
 * Tracks the read leases that a leader has granted, and how far the log is settled (leases: Gray and Cheriton 1989; for
 * replicated logs Moraru et al., "Paxos Quorum Leases", 2014).
 *
 * While a learner holds a lease it may answer reads from its own state, so no entry takes effect before it has acknowledged it:
 *
 * 1. A lease is granted only after a round that began once the question had arrived. The majority that answered the round had
 *    not voted for a later leader by then. So any later leader was elected after the question arrived.
 * 2. The leader counts the lease from the arrival of the question. The learner counts from sending it, less a margin, so its
 *    lease ends first.
 * 3. A new leader assumes that each learner holds a lease that was requested at the moment of its election. Because of 1, that
 *    covers all leases granted by its predecessors.
 * 4. A learner that has left an entry unacknowledged for the length of a lease gets no lease: it may delay the others only once.
 * 5. A lease outlives its learner's process. A learner whose hook has granted leases of its own (to caches, until its own lease
 *    ends) leaves them behind when it dies, and the next process knows nothing of them. So the lease stays valid until its end,
 *    while acknowledgements of the earlier process do not; and a learner whose hook grants leases must not release anything in
 *    the first `readLeaseMs` of its process.
 */
export class GrantedLeases {
  private readonly learners: readonly Progress[];
  /** End of each learner's lease, if it holds one. */
  private readonly ends: Map<MemberId, number>;
  /** Learners whose lease this leader itself has granted. */
  private readonly granted = new Set<MemberId>();
  /** Samples of the log's last index, the oldest about one lease ago. They show which learner has lagged for a whole lease. */
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

  /** Settles entries that are committed and acknowledged by all learners with a lease. */
  advance(): void {
    const { log } = this.state;
    const holders = this.learners.filter(({ id }) => this.isHeldBy(id));
    log.settleTo(Math.min(log.commitIndex, ...holders.map((peer) => peer.matchIndex)));
  }

  /** Handles a learner's question: it asks for a lease, or how far it must have applied the log to answer a read. */
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
    // The learner has restarted since it asked. The new incarnation has not asked this question.
    if (peer.recovery?.nonce !== nonce) return;
    const { id, term, log, out, now } = this.state;
    const leaseMs = peer.matchIndex >= this.lengthAt(now - this.leaseMs) ? this.leaseMs : 0;
    if (leaseMs > 0) {
      this.ends.set(peer.id, Math.max(this.ends.get(peer.id) ?? 0, askedAt + leaseMs));
      this.granted.add(peer.id);
    }
    // Not the index of the round: entries settled since then, without this learner, lie below the commit index too.
    const index = log.commitIndex;
    out.now.push({ type: 'leaseResponse', from: id, to: peer.id, term, question, nonce, index, leaseMs });
  }

  /** Includes a lease that a predecessor may have granted, or that an earlier incarnation of the learner held. */
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
