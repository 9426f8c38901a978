import type { MemberId } from './messages.js';
import type { Progress, Recovery } from './progress.js';

/** The part of an answer that shows which incarnation sent it, and for which round. */
interface Answer {
  readonly nonce: number | null;
  readonly round: number;
}

/**
 * Computes the leader's side of the recovery of a member with amnesia. Such a member may have voted in any term up to that of
 * the others, and acknowledged any entry up to the leader's last one, without knowing it. So:
 *
 * 1. Its answers carry a nonce that identifies its incarnation. From then on the leader does not count its answers: not for
 *    commits, not for its own quorum, not as proof of a round.
 * 2. The leader begins a new round. When *all* other members have answered it, each of them is known to be in this term, so
 *    no election in which the member may have voted is still open. (A majority would not suffice in a group of five;
 *    Viewstamped Replication's recovery has that hole, see Michael et al., "Recovering Shared Objects Without Stable
 *    Storage", 2017.) Other members with amnesia count here, too: the only question is whether their incarnation is in this
 *    term, and otherwise two of five would wait for each other for ever.
 * 3. The leader then tells the member, with its nonce, how far its log must agree: up to the leader's last entry at that time.
 *    The member votes again once its log agrees that far, durably.
 * 4. An answer without a nonce ends the recovery, but only an answer to a round that began after the first report: an older
 *    one is from the incarnation that has ended.
 *
 * Returns the new state of the recovery, or 'stale' if the answer is from an incarnation that has ended.
 */
export function nextRecovery(peer: Progress, answer: Answer, newestRound: number): Recovery | null | 'stale' {
  const { recovery } = peer;
  if (answer.nonce !== null) {
    if (answer.nonce === recovery?.nonce) return recovery;
    return { nonce: answer.nonce, sinceRound: newestRound + 1, upTo: null };
  }
  if (recovery === null) return peer.amnesia ? 'stale' : null;
  return answer.round < recovery.sinceRound ? 'stale' : null;
}

/**
 * The same for a learner, which always names its incarnation. An acknowledgement is valid only for the incarnation that sent it:
 * the next one may have a shorter log. Incarnations don't overlap, so an incarnation that answers a round begun after another's
 * report is the later one.
 */
export function nextIncarnation({ recovery }: Progress, answer: Answer, newestRound: number): Recovery | 'stale' {
  if (answer.nonce === null) return 'stale';
  if (answer.nonce === recovery?.nonce) return recovery;
  if (recovery !== null && answer.round < recovery.sinceRound) return 'stale';
  return { nonce: answer.nonce, sinceRound: newestRound + 1, upTo: null };
}

/** Does step 3 for every member that waits for it. `lastIndex` is the leader's: no member can have acknowledged more. */
export function permitRecovered(progress: ReadonlyMap<MemberId, Progress>, lastIndex: number): void {
  const voters = [...progress.values()].filter((peer) => !peer.isLearner);
  for (const peer of voters) {
    const { recovery } = peer;
    if (recovery?.upTo !== null) continue;
    const others = voters.filter((other) => other !== peer);
    const allAnswered = others.every((other) => !other.amnesia && other.round >= recovery.sinceRound);
    if (allAnswered) peer.recovery = { ...recovery, upTo: lastIndex };
  }
}

/** Returns the permission to send with each append to this peer; null while it has none, or needs none. */
export function permissionFor({ recovery }: Progress): { nonce: number; index: number } | null {
  return recovery === null || recovery.upTo === null ? null : { nonce: recovery.nonce, index: recovery.upTo };
}
