import type { ReplicaState } from './replica-state.js';
import type { Append, AppendResponse } from './messages.js';

/**
 * The half of propagation that a follower and a learner do (Raft paper 5.3). Returns the answer, which a follower may send only
 * after what it acknowledges is durable; null for none.
 */
export function acceptAppend(state: ReplicaState, append: Append): AppendResponse | null {
  // The log is about to be replaced by a snapshot: what is appended now would be lost with it. The leader asks again.
  if (state.installing) return null;
  // The leader has seen this member refuse what it had acknowledged. The member itself may not have noticed any loss.
  if (append.amnesia) state.amnesia.begin();

  const { log } = state;
  // Committed entries agree with every later leader's log, also where the entries themselves are long gone. A late append must
  // not be refused for them: the refusal would look as if something acknowledged were lost.
  const covered = append.prevIndex < log.commitIndex;
  if (!covered && !log.matches(append.prevIndex, append.prevTerm)) {
    return refusal(state, append);
  }
  const news = log.take(covered ? append.entries.filter((entry) => entry.index > log.commitIndex) : append.entries);
  state.receipts?.took(news);

  // Only as far as this append has shown, and not to our last entry, which may be a dead leader's.
  const agreed = Math.max(append.prevIndex + append.entries.length, covered ? log.commitIndex : 0);
  // Beyond `agreed` our log may hold a dead leader's entries, whatever the leader has committed there.
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

/** Says where the logs may still agree, so that the leader skips whole terms instead of single entries (Raft paper, end of 5.3). */
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

/** The permission names an incarnation: one that was meant for an earlier one may ask for less of the log than this one needs. */
function endAmnesia(state: ReplicaState, append: Append, agreed: number): void {
  const permission = append.recovered;
  if (permission === null || permission.nonce !== state.amnesia.nonce || agreed < permission.index) return;
  // This term has its leader; a vote that we gave in it and forgot can only be given to the same one again.
  if (state.vote === null) state.voteFor(append.from);
  state.amnesia.end();
}
