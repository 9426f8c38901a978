import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';
import type { Transitions } from './role.js';

/**
 * Compares a message's term with ours before any role sees it (Raft paper 5.1): an older one is answered or dropped, a newer one
 * makes this member a follower in it. True when the role should see the message.
 */
export function settleTerm(state: ReplicaState, message: Message, hasLiveLeader: boolean, to: Transitions): boolean {
  // Pre-votes move nobody's term, or a member that was cut off would depose the leader with its first question.
  if (message.type === 'preVoteRequest') return true;
  if (message.type === 'preVoteResponse' && message.granted) return true;
  if (message.term < state.term) {
    answerStale(state, message);
    return false;
  }
  if (message.term === state.term) return true;
  // This incarnation has asked for nothing yet: an answer is to an earlier one.
  if (state.isNew && isAnswer(message)) return false;
  // A live leader is a reason to take no part in an election, unless it asked for that election itself (thesis 4.2.3).
  if (message.type === 'voteRequest' && hasLiveLeader && !message.leadershipTransfer) return false;
  if (state.isNew && !isFromItsBirth(message)) state.amnesia.begin();
  // Only a leader sends these; from anybody else the new term is known, and not yet who leads it.
  const isFromLeader = message.type === 'append' || message.type === 'snapshotPage' || message.type === 'timeoutNow';
  to.becomeFollower(message.term, isFromLeader ? message.from : null);
  return true;
}

function isAnswer({ type }: Message): boolean {
  return (
    type === 'preVoteResponse' || type === 'voteResponse' || type === 'appendResponse' || type === 'snapshotResponse'
  );
}

/**
 * Whether a group that has committed nothing yet can have sent this. If not, then a member that has nothing may be one
 * whose whole disk was replaced, and must not vote as if it had never promised anything (see amnesia.ts).
 */
function isFromItsBirth(message: Message): boolean {
  if (message.type === 'voteRequest') return message.lastIndex === 0;
  if (message.type !== 'append') return false;
  const { term, prevIndex, commitIndex, entries } = message;
  return prevIndex === 0 && commitIndex === 0 && entries.every((entry) => entry.term === term);
}

/**
 * A stale leader or candidate must learn the term, or it would go on for ever. The answer waits for the disk with all others: this
 * member would deny that term after a crash. Answers are not answered, because whoever sent them will ask again.
 */
function answerStale({ id, term, out, amnesia }: ReplicaState, message: Message): void {
  const envelope = { from: id, to: message.from, term };
  switch (message.type) {
    case 'append':
    case 'snapshotPage':
      out.afterPersist.push({
        type: 'appendResponse',
        ...envelope,
        accepted: false,
        index: 0,
        hintIndex: 0,
        hintTerm: 0,
        round: 0,
        nonce: amnesia.nonce,
      });
      return;
    case 'voteRequest':
      out.afterPersist.push({ type: 'voteResponse', ...envelope, granted: false });
      return;
    case 'preVoteRequest':
    case 'preVoteResponse':
    case 'voteResponse':
    case 'appendResponse':
    case 'snapshotResponse':
    case 'timeoutNow':
    case 'leaseRequest':
    case 'leaseResponse':
      return;
    default:
      message satisfies never;
  }
}
