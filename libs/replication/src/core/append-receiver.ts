import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse } from './messages.js';

/**
 * Handles an append at a follower or learner (Raft paper 5.3). Returns the answer, or null for none. A follower may send it
 * only once the entries that it acknowledges are durable.
 */
export function acceptAppend(state: ReplicaState, append: Append): AppendResponse | null {
  // A snapshot is about to replace the log, and entries appended now would be lost with it. The leader sends them again.
  if (state.installing) return null;
  // The leader has seen this member refuse an entry that it had acknowledged. This member may not have noticed the loss.
  if (append.amnesia) state.amnesia.begin();

  const { log } = state;
  // Committed entries agree with every later leader's log, even if they are no longer kept. A late append below the commit index
  // must not be refused: the refusal would look like the loss of an acknowledged entry.
  const covered = append.prevIndex < log.commitIndex;
  if (!covered && !log.matches(append.prevIndex, append.prevTerm)) {
    return refusal(state, append);
  }
  const news = log.take(covered ? append.entries.filter((entry) => entry.index > log.commitIndex) : append.entries);
  state.receipts?.took(news);

  // Only as far as this append proves, not up to our last entry, which may come from a dead leader.
  const agreed = Math.max(append.prevIndex + append.entries.length, covered ? log.commitIndex : 0);
  // Beyond `agreed` our log may hold a dead leader's entries, even where the leader has committed.
  log.settleTo(Math.min(append.commitIndex, agreed));
  endAmnesia(state, append, agreed);
  return {
    type: 'appendResponse',
    from: state.id,
    to: append.from,
    term: state.term,
    accepted: true,
    index: agreed,
    hintIndex: 0,
    hintTerm: 0,
    round: append.round,
    nonce: state.amnesia.nonce,
  };
}

/** Returns a refusal that says where the logs may agree, so that the leader skips whole terms (Raft paper, end of 5.3). */
function refusal(state: ReplicaState, append: Append): AppendResponse {
  const { log } = state;
  const hintIndex = log.lastIndexUpToTerm(append.prevTerm, log.commitIndex, Math.min(append.prevIndex, log.lastIndex));
  return {
    type: 'appendResponse',
    from: state.id,
    to: append.from,
    term: state.term,
    accepted: false,
    index: append.prevIndex,
    hintIndex,
    hintTerm: log.termAt(hintIndex) ?? 0,
    round: append.round,
    nonce: state.amnesia.nonce,
  };
}

/** Ends amnesia if the permission is for this incarnation: one for an earlier incarnation may require too little of the log. */
function endAmnesia(state: ReplicaState, append: Append, agreed: number): void {
  const permission = append.recovered;
  if (permission === null || permission.nonce !== state.amnesia.nonce || agreed < permission.index) return;
  // This term has its leader. Vote for it, so that a vote that we gave and forgot can't go to anybody else.
  if (state.vote === null) state.voteFor(append.from);
  state.amnesia.end();
}
