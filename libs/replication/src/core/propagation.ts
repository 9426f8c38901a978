import type { ReplicaState } from './replica-state.js';
import type { AppendResponse, Entry, MemberId, SnapshotResponse } from './messages.js';
import type { Progress } from './progress.js';
import { permissionFor } from './recovery.js';

/**
 * The leader's half of propagation (Raft paper 5.3): decides which entries or pages to send to which peer, and learns from the
 * answers where the logs agree. Each peer is in one of three states, which progress.ts describes.
 */
export class Propagation {
  /** Number of the newest heartbeat round; unique within a term. */
  round = 0;
  /** Number of snapshots begun in this term, for any peer. It is also the number of the newest one. */
  private snapshots = 0;

  constructor(
    private readonly state: ReplicaState,
    private readonly progress: ReadonlyMap<MemberId, Progress>,
  ) {}

  /** Makes the appends with a new leader's first entry its first round, so that they also prove its leadership. */
  begin(): void {
    this.round = 1;
  }

  /** Begins a new round, which asks every peer: "Do you still follow me, and does your log agree with what I sent?" */
  heartbeat(): void {
    this.round += 1;
    for (const peer of this.progress.values()) this.sendHeartbeat(peer);
  }

  /** Sends entries to each peer that may receive some. */
  propagate(): void {
    for (const peer of this.progress.values()) {
      this.propagateTo(peer);
      if (this.mustTell(peer)) this.sendHeartbeat(peer);
    }
  }

  /**
   * Repeats a snapshot page after an election timeout, if the peer is alive: the page or its answer may be lost. If the shell no
   * longer has the page, or it is the first one (which opens a new snapshot), a new snapshot begins.
   */
  tick(): void {
    const { electionTicks } = this.state.options;
    for (const peer of this.progress.values()) {
      if (peer.state !== 'snapshot' || peer.lastContactTicks >= electionTicks) continue;
      peer.pageTicks += 1;
      if (peer.pageTicks < electionTicks) continue;
      if (peer.pageWasSent && peer.page > 0) this.askForPage(peer, peer.page);
      else this.beginSnapshot(peer);
    }
  }

  onAccepted(peer: Progress, { index, hintIndex }: AppendResponse): void {
    peer.accepted(index, this.round, hintIndex);
    // The snapshot is no longer needed once the follower has reached our log by itself.
    if (peer.state === 'snapshot' && peer.matchIndex + 1 >= this.state.log.firstIndex)
      peer.probeFrom(peer.matchIndex + 1);
  }

  onRefused(peer: Progress, refusal: AppendResponse): void {
    if (peer.provesAmnesia(refusal.index, refusal.round)) {
      // It may also have voted and forgotten that, so it does not count until recovery.ts has brought it back.
      peer.forget(this.state.log.lastIndex);
      peer.amnesia = true;
      return;
    }
    if (!peer.refusalIsNews(refusal.index)) return;
    const { log } = this.state;
    // Skip whole terms on our side, too: no entry with a higher term than the hint's can agree at or below the hint.
    const isKept = log.termAt(refusal.hintIndex) !== undefined && refusal.hintIndex >= log.firstIndex - 1;
    const agreed = isKept
      ? log.lastIndexUpToTerm(refusal.hintTerm, log.firstIndex - 1, refusal.hintIndex)
      : refusal.hintIndex;
    // At least one entry back; otherwise the same question would be asked for ever.
    peer.probeFrom(Math.min(agreed + 1, refusal.index));
  }

  onSnapshotResponse(peer: Progress, response: SnapshotResponse): void {
    if (response.nextPage === null) {
      peer.accepted(response.lastIndex, this.round);
      if (peer.state === 'snapshot') peer.probeFrom(peer.matchIndex + 1);
      return;
    }
    // Page 2 of one snapshot is not page 2 of another: ignore answers about other snapshots.
    if (peer.state !== 'snapshot' || response.snapshotNumber !== peer.snapshotNumber) return;
    // A follower that has no page of this snapshot was restarted in the middle of it.
    if (response.nextPage === 0) this.beginSnapshot(peer);
    else if (response.nextPage === peer.page + 1) this.askForPage(peer, response.nextPage);
  }

  /** Sends a page that the shell has read, unless the peer needs another page, or none, by now. */
  sendPage(
    peer: Progress,
    page: { page: number; data: string; done: boolean; lastIndex: number; lastTerm: number },
  ): void {
    if (peer.state !== 'snapshot' || peer.page !== page.page) return;
    const { id, term, out } = this.state;
    peer.pageWasSent = true;
    out.now.push({
      type: 'snapshotPage',
      from: id,
      to: peer.id,
      term,
      ...page,
      snapshotNumber: peer.snapshotNumber,
      round: this.round,
    });
  }

  get hasWork(): boolean {
    const { log, options } = this.state;
    return [...this.progress.values()].some(
      (peer) =>
        this.mustTell(peer) || (peer.nextIndex <= log.lastIndex && peer.mayReceiveEntries(options.maxAppendsInFlight)),
    );
  }

  /** Reports whether a learner must learn of a new settled index at once: reads may wait for it. Followers serve no reads. */
  private mustTell(peer: Progress): boolean {
    const { log, options } = this.state;
    const isLive = peer.state === 'replicate' && peer.lastContactTicks < options.electionTicks;
    return peer.isLearner && isLive && peer.toldIndex < Math.min(log.settledIndex, peer.nextIndex - 1);
  }

  private propagateTo(peer: Progress): void {
    const { log, options } = this.state;
    while (peer.nextIndex <= log.lastIndex && peer.mayReceiveEntries(options.maxAppendsInFlight)) {
      const prevTerm = log.termAt(peer.nextIndex - 1);
      // The log no longer has the entries that the peer needs.
      if (prevTerm === undefined || peer.nextIndex < log.firstIndex) {
        this.beginSnapshot(peer);
        return;
      }
      const entries = log.entries(peer.nextIndex, options.maxEntriesPerAppend, options.maxBytesPerAppend);
      this.sendAppend(peer, peer.nextIndex - 1, prevTerm, entries);
      peer.sent(peer.nextIndex + entries.length - 1);
    }
  }

  /**
   * Sends an append without entries, for the index just before the next entry to send, so that the next heartbeat detects a lost
   * append. If that index is no longer in our log, it uses index 0, which always agrees.
   */
  private sendHeartbeat(peer: Progress): void {
    const { log } = this.state;
    // Entries on their way may be lost, and can't be asked about, because they are no longer here: probe again from the match index.
    if (peer.state === 'replicate' && log.termAt(peer.nextIndex - 1) === undefined) peer.probeFrom(peer.matchIndex + 1);
    const prevIndex = peer.nextIndex - 1;
    const prevTerm = peer.state === 'snapshot' ? undefined : log.termAt(prevIndex);
    if (prevTerm === undefined) this.sendAppend(peer, 0, 0, []);
    else this.sendAppend(peer, prevIndex, prevTerm, []);
  }

  private sendAppend(peer: Progress, prevIndex: number, prevTerm: number, entries: readonly Entry[]): void {
    const { id, term, log, out } = this.state;
    // Every append carries it, so a learner needs no separate message while there are entries to send.
    peer.toldIndex = log.settledIndex;
    out.now.push({
      type: 'append',
      from: id,
      to: peer.id,
      term,
      prevIndex,
      prevTerm,
      entries,
      commitIndex: log.settledIndex,
      round: this.round,
      amnesia: peer.amnesia,
      recovered: permissionFor(peer),
    });
  }

  private beginSnapshot(peer: Progress): void {
    this.snapshots += 1;
    peer.startSnapshot(this.snapshots);
    this.askForPage(peer, 0);
  }

  private askForPage(peer: Progress, page: number): void {
    peer.needsPage(page);
    this.state.out.pageRequests.push({ to: peer.id, page });
  }
}
