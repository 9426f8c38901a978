import type { ReplicaState } from './replica-state.js';
import type { PreVoteRequest, VoteRequest } from './messages.js';

/**
 * Answers whether a vote would be given. A pre-vote promises nothing and moves nothing. A member with a live leader says no, so
 * that one that was cut off, and comes back, can't depose a healthy leader (Raft thesis 9.6). Returns whether it said yes.
 */
export function answerPreVote(state: ReplicaState, request: PreVoteRequest, hasLiveLeader: boolean): boolean {
  const granted =
    !hasLiveLeader &&
    state.amnesia.mayVote &&
    // A new member can't vote in a group that is not (see terms.ts), so it must not promise to.
    (!state.isNew || request.lastIndex === 0) &&
    request.term > state.term &&
    state.log.isCoveredBy(request.lastIndex, request.lastTerm);
  state.out.now.push({
    type: 'preVoteResponse',
    from: state.id,
    to: request.from,
    // A refusal carries our own term: a candidate that is behind learns it and catches up.
    term: granted ? request.term : state.term,
    granted,
  });
  return granted;
}

/**
 * Gives or refuses the vote of our own term (Raft paper 5.2, 5.4.1). The answer leaves only after the vote is durable: a forgotten
 * vote could be given twice. Returns whether it was given.
 */
export function answerVote(state: ReplicaState, request: VoteRequest): boolean {
  const granted =
    state.amnesia.mayVote &&
    // To the same candidate again: its first answer may have been lost.
    (state.vote === null || state.vote === request.from) &&
    state.log.isCoveredBy(request.lastIndex, request.lastTerm);
  if (granted) state.voteFor(request.from);
  state.out.afterPersist.push({ type: 'voteResponse', from: state.id, to: request.from, term: state.term, granted });
  return granted;
}
