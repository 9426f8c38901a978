import type { ReplicaState } from './replica-state.js';
import type { PreVoteRequest, VoteRequest } from './messages.js';

/**
 * Answers whether it would grant a vote. A pre-vote promises nothing and changes nothing. A member with a live leader says no,
 * so that a member that was partitioned can't depose a healthy leader (Raft thesis 9.6). Returns whether it said yes.
 */
export function answerPreVote(state: ReplicaState, request: PreVoteRequest, hasLiveLeader: boolean): boolean {
  const granted =
    !hasLiveLeader &&
    state.amnesia.mayVote &&
    // A new member can't vote in a group that has data (see terms.ts), so it must not promise to.
    (!state.isNew || request.lastIndex === 0) &&
    request.term > state.term &&
    state.log.isCoveredBy(request.lastIndex, request.lastTerm);
  state.out.now.push({
    type: 'preVoteResponse',
    from: state.id,
    to: request.from,
    // A refusal carries our own term, so that a candidate that is behind learns it.
    term: granted ? request.term : state.term,
    granted,
  });
  return granted;
}

/**
 * Grants or refuses the vote of our own term (Raft paper 5.2, 5.4.1). The answer is sent only once the vote is durable: a
 * forgotten vote could be granted twice. Returns whether it was granted.
 */
export function answerVote(state: ReplicaState, request: VoteRequest): boolean {
  const granted =
    state.amnesia.mayVote &&
    // Also again to the same candidate: the first answer may have been lost.
    (state.vote === null || state.vote === request.from) &&
    state.log.isCoveredBy(request.lastIndex, request.lastTerm);
  if (granted) state.voteFor(request.from);
  state.out.afterPersist.push({ type: 'voteResponse', from: state.id, to: request.from, term: state.term, granted });
  return granted;
}
