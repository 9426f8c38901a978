import type { MemberId } from './messages.js';

/**
 * - `probe`: where the logs agree is not known; one append with entries at a time.
 * - `replicate`: it is known, and appends follow each other without waiting for answers.
 * - `snapshot`: the log no longer reaches back; pages of a snapshot are sent, and no entries.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** What a leader knows of a member without memory, or of a learner. */
export interface Recovery {
  /** Names its present life. */
  readonly nonce: number;
  /** The first round that began after it reported. */
  readonly sinceRound: number;
  /** How far its log must agree before it may vote; null until the others have answered that round. */
  readonly upTo: number | null;
}

/** What a leader knows of one follower or learner. */
export class Progress {
  state: ProgressState = 'probe';
  /** The follower's log is known to agree, durably, up to here. */
  matchIndex = 0;
  /** The next entry to send. */
  nextIndex: number;
  /** Ticks since anything of our term came from it. */
  lastHeardTicks = 0;
  /** Newest heartbeat round that it answered. */
  round = 0;
  /** The snapshot under way: its number, the page that it needs next, the ticks since that was asked for, and whether the shell had it. */
  snapshotNumber = 0;
  page = 0;
  pageTicks = 0;
  pageWasSent = false;

  /** Newest settled index that was sent to it. */
  toldIndex = 0;

  /** Not null while it is without memory; then nothing that it says is counted. Of a learner it names the life. */
  recovery: Recovery | null = null;
  /** We have seen it refuse what it had acknowledged, and told it so. */
  amnesia = false;

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

  /** For commits, elections, rounds and the leader's own quorum. */
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

  /** Entries up to `lastIndex` were sent. */
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

  /** Go back to asking, from `nextIndex` on. */
  probeFrom(nextIndex: number): void {
    this.become('probe');
    this.nextIndex = Math.max(nextIndex, this.matchIndex + 1);
  }

  /** Nothing may be streamed to it until it answers again. */
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

  /** The follower lost its log; begin anew. */
  forget(lastIndex: number): void {
    this.amnesia = false;
    this.matchIndex = 0;
    this.matchRound = 0;
    this.round = 0;
    this.become('probe');
    this.nextIndex = lastIndex + 1;
  }

  /** Anything of our term came from it. */
  answered(round: number): void {
    this.lastHeardTicks = 0;
    // It is alive: whatever became of the last probe, another one will not be in vain.
    this.waitsForProbe = false;
    this.round = Math.max(this.round, round);
  }

  private become(state: ProgressState): void {
    this.state = state;
    this.waitsForProbe = false;
    this.inFlight = [];
  }
}
