import type { Member } from './member.js';
import type { PreVoteRequest, VoteRequest } from './messages.js';

/**
 * A pre-vote promises nothing and moves nothing: it tells whether a vote would be given. A member that hears a leader
 * says no, so that one that was cut off, and comes back, can't depose a healthy leader (Raft thesis 9.6).
 */
export function answerPreVote(member: Member, request: PreVoteRequest, hearsLeader: boolean): boolean {
  const granted =
    !hearsLeader &&
    member.memory.mayVote &&
    // A new member can't vote in a group that is not (see terms.ts), so it must not promise to.
    (!member.isNew || request.lastIndex === 0) &&
    request.term > member.term &&
    member.log.isCoveredBy(request.lastIndex, request.lastTerm);
  member.out.now.push({
    type: 'preVoteResponse',
    from: member.id,
    to: request.from,
    // A refusal carries our own term: a candidate that is behind learns it and catches up.
    term: granted ? request.term : member.term,
    granted,
  });
  return granted;
}

/** A vote of our own term. The answer leaves only after the vote is durable: a forgotten vote could be given twice. */
export function answerVote(member: Member, request: VoteRequest): boolean {
  const granted =
    member.memory.mayVote &&
    (member.vote === null || member.vote === request.from) &&
    member.log.isCoveredBy(request.lastIndex, request.lastTerm);
  if (granted) member.voteFor(request.from);
  member.out.afterPersist.push({ type: 'voteResponse', from: member.id, to: request.from, term: member.term, granted });
  return granted;
}
