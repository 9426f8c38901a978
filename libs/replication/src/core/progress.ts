import type { MemberId } from './messages.js';

/**
 * The mode in which a leader sends to a peer:
 * - `probe`: it is unknown where the logs agree; one append with entries at a time.
 * - `replicate`: it is known, and appends are pipelined without waiting for answers.
 * - `snapshot`: the leader's log does not reach back far enough; pages of a snapshot are sent, and no entries.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** The recovery of a member with amnesia, as its leader sees it; for a learner, only the incarnation. */
export interface Recovery {
  /** Identifies its present incarnation. */
  readonly nonce: number;
  /** The first round that began after its first report. */
  readonly sinceRound: number;
  /** Index up to which its log must agree before it may vote; null until the others have answered that round. */
  readonly upTo: number | null;
}

/** Everything that a leader knows about one peer, which is a follower or a learner. */
export class Progress {
  state: ProgressState = 'probe';
  /** Index up to which the follower's log is known to agree, durably; for a learner, the index that it has acknowledged. */
  matchIndex = 0;
  /** Index of the next entry to send. */
  nextIndex: number;
  /** Ticks since its last message of our term. */
  lastContactTicks = 0;
  /** Newest heartbeat round that it has answered. */
  round = 0;
  /** Number of the snapshot in progress; 0 before the first one. */
  snapshotNumber = 0;
  /** The page of that snapshot that the peer needs next. */
  page = 0;
  /** Ticks since the shell was asked for that page. */
  pageTicks = 0;
  /** Whether the shell had that page. */
  pageWasSent = false;

  /** Newest settled index that was sent to it. */
  toldIndex = 0;

  /** Not null while the peer has amnesia; then none of its answers count. For a learner it identifies the incarnation. */
  recovery: Recovery | null = null;
  /** True if it has refused an entry that it had acknowledged; it is told so. */
  amnesia = false;

  /** True while an append with entries is on its way to a peer in `probe`. Another one would only repeat it. */
  private waitsForProbe = false;
  /** Last index of each unanswered append with entries. */
  private inFlight: number[] = [];
  /** Newest round when `matchIndex` was learned: an answer to a later round can't be older than that. */
  private matchRound = 0;

  constructor(
    readonly id: MemberId,
    lastIndex: number,
    readonly isLearner: boolean,
  ) {
    this.nextIndex = lastIndex + 1;
  }

  /** Whether it counts: for commits, rounds, the leader's quorum and leadership transfers. */
  get counts(): boolean {
    return !this.isLearner && this.recovery === null && !this.amnesia;
  }

  mayReceiveEntries(maxAppendsInFlight: number): boolean {
    switch (this.state) {
      case 'probe':
        return !this.waitsForProbe;
      case 'replicate':
        return this.inFlight.length < maxAppendsInFlight;
      case 'snapshot':
        return false;
    }
  }

  /** Entries up to `lastIndex` were sent. A probe waits for an answer; pipelined entries are assumed to arrive. */
  sent(lastIndex: number): void {
    if (this.state === 'probe') this.waitsForProbe = true;
    else {
      this.nextIndex = lastIndex + 1;
      this.inFlight.push(lastIndex);
    }
  }

  /** The peer has acknowledged all entries up to `index`, and its log agrees up to `agreed`; `round` is the newest round now. */
  accepted(index: number, round: number, agreed = index): void {
    while ((this.inFlight[0] ?? Infinity) <= index) this.inFlight.shift();
    if (index > this.matchIndex) {
      this.matchIndex = index;
      this.matchRound = round;
      this.nextIndex = Math.max(this.nextIndex, index + 1);
    }
    // The logs agree up to the next entry to send, so appends may be pipelined.
    if (this.state !== 'probe' || Math.max(index, agreed) + 1 < this.nextIndex) return;
    this.become('replicate');
    this.nextIndex = Math.max(this.nextIndex, agreed + 1);
  }

  /**
   * Reports whether a refusal at `index` is news. It is not if it answers an append from before what is known now.
   */
  refusalIsNews(index: number): boolean {
    return this.state === 'replicate'
      ? index > this.matchIndex
      : this.state === 'probe' && index === this.nextIndex - 1;
  }

  /**
   * Reports whether a refusal proves amnesia: it answers a round that began after the peer had acknowledged more than that,
   * so the peer has lost durable entries.
   */
  provesAmnesia(index: number, round: number): boolean {
    return this.counts && index <= this.matchIndex && round > this.matchRound;
  }

  /** Probes where the logs agree, from `nextIndex` downwards, but never below the acknowledged index. */
  probeFrom(nextIndex: number): void {
    this.become('probe');
    this.nextIndex = Math.max(nextIndex, this.matchIndex + 1);
  }

  /** Stops the pipeline to an unreachable peer until it answers again. */
  unreachable(): void {
    if (this.state === 'replicate') this.probeFrom(this.matchIndex + 1);
  }

  startSnapshot(number: number): void {
    this.become('snapshot');
    this.snapshotNumber = number;
    this.needsPage(0);
  }

  needsPage(page: number): void {
    this.page = page;
    this.pageTicks = 0;
    this.pageWasSent = false;
  }

  /** Forgets all acknowledgements, because the peer may have lost its log. */
  forget(lastIndex: number): void {
    this.amnesia = false;
    this.matchIndex = 0;
    this.matchRound = 0;
    this.round = 0;
    this.become('probe');
    this.nextIndex = lastIndex + 1;
  }

  /** Handles any message of our term from the peer. */
  answered(round: number): void {
    this.lastContactTicks = 0;
    // It is alive, so it makes sense to send another probe, whatever became of the last one.
    this.waitsForProbe = false;
    this.round = Math.max(this.round, round);
  }

  private become(state: ProgressState): void {
    this.state = state;
    this.waitsForProbe = false;
    this.inFlight = [];
  }
}
