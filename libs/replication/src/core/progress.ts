import type { MemberId } from './messages.js';

/**
 * - `probe`: where the logs agree is not known; one append with entries at a time.
 * - `replicate`: it is known, and appends follow each other without waiting for answers.
 * - `snapshot`: the log no longer reaches back; pages of a snapshot are sent, and no entries.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** The recovery of a member with amnesia, as its leader sees it; of a learner, only the incarnation. */
export interface Recovery {
  /** Names its present incarnation. */
  readonly nonce: number;
  /** The first round that began after its first report. */
  readonly sinceRound: number;
  /** Index up to which its log must agree before it may vote; null until the others have answered that round. */
  readonly upTo: number | null;
}

/** Everything that a leader knows of one peer. It is a follower, or a learner. */
export class Progress {
  state: ProgressState = 'probe';
  /** The follower's log is known to agree, durably, up to here. Of a learner: what it has acknowledged. */
  matchIndex = 0;
  /** The next entry to send. */
  nextIndex: number;
  /** Ticks since anything of our term came from it. */
  lastContactTicks = 0;
  /** Newest heartbeat round that it has answered. */
  round = 0;
  /** Number of the snapshot under way; 0 before the first one. */
  snapshotNumber = 0;
  /** The page of it that the peer needs next. */
  page = 0;
  /** Ticks since the shell was asked for that page. */
  pageTicks = 0;
  /** Whether the shell had it. */
  pageWasSent = false;

  /** Newest settled index that was sent to it. */
  toldIndex = 0;

  /** Not null while it has amnesia; then nothing that it says is counted. Of a learner it names the incarnation. */
  recovery: Recovery | null = null;
  /** We have seen it refuse what it had acknowledged, and told it so. */
  amnesia = false;

  /** An append with entries is on its way to a peer that is probed. Another one would only repeat it. */
  private waitsForProbe = false;
  /** Last index of each append with entries that was not answered yet. */
  private inFlight: number[] = [];
  /** Newest round when `matchIndex` was learned: an answer to a later one can't be older than that. */
  private matchRound = 0;

  constructor(
    readonly id: MemberId,
    lastIndex: number,
    readonly isLearner: boolean,
  ) {
    this.nextIndex = lastIndex + 1;
  }

  /** Whether its word counts: for commits, rounds, the leader's own quorum and leadership transfers. */
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

  /** Entries up to `lastIndex` were sent. A probe waits for a sign of life; what is streamed is assumed to arrive. */
  sent(lastIndex: number): void {
    if (this.state === 'probe') this.waitsForProbe = true;
    else {
      this.nextIndex = lastIndex + 1;
      this.inFlight.push(lastIndex);
    }
  }

  /** It has acknowledged all up to `index`, and its log agrees up to `agreed`; `round` is the newest one now. */
  accepted(index: number, round: number, agreed = index): void {
    while ((this.inFlight[0] ?? Infinity) <= index) this.inFlight.shift();
    if (index > this.matchIndex) {
      this.matchIndex = index;
      this.matchRound = round;
      this.nextIndex = Math.max(this.nextIndex, index + 1);
    }
    // The logs agree up to where entries would be sent next, so these may follow each other without waiting.
    if (this.state !== 'probe' || Math.max(index, agreed) + 1 < this.nextIndex) return;
    this.become('replicate');
    this.nextIndex = Math.max(this.nextIndex, agreed + 1);
  }

  /**
   * The follower has no entry of ours at `index`. False when that is old news: an answer to something sent before
   * what we know now.
   */
  refusalIsNews(index: number): boolean {
    return this.state === 'replicate'
      ? index > this.matchIndex
      : this.state === 'probe' && index === this.nextIndex - 1;
  }

  /**
   * It refuses, in answer to a round that began after it had acknowledged more than that: it has lost entries that
   * were durable.
   */
  provesAmnesia(index: number, round: number): boolean {
    return this.counts && index <= this.matchIndex && round > this.matchRound;
  }

  /** Asks where the logs agree, from `nextIndex` downwards. Never below what it has acknowledged: it can't take that back. */
  probeFrom(nextIndex: number): void {
    this.become('probe');
    this.nextIndex = Math.max(nextIndex, this.matchIndex + 1);
  }

  /** Nothing gets through to it: nothing is streamed until it answers again. */
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

  /** The peer may have lost its log: nothing that it has acknowledged holds any more. */
  forget(lastIndex: number): void {
    this.amnesia = false;
    this.matchIndex = 0;
    this.matchRound = 0;
    this.round = 0;
    this.become('probe');
    this.nextIndex = lastIndex + 1;
  }

  /** A message of our term came from it. */
  answered(round: number): void {
    this.lastContactTicks = 0;
    // It is alive: whatever has become of the last probe, another one will not be in vain.
    this.waitsForProbe = false;
    this.round = Math.max(this.round, round);
  }

  private become(state: ProgressState): void {
    this.state = state;
    this.waitsForProbe = false;
    this.inFlight = [];
  }
}
