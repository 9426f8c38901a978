import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';
import type { Transitions } from './role.js';

/** What a message of another term than ours means, whatever our role. True when the role should see it. */
export function settleTerm(state: ReplicaState, message: Message, hearsLeader: boolean, to: Transitions): boolean {
  if (message.type === 'preVoteRequest') return true;
  if (message.type === 'preVoteResponse' && message.granted) return true;
  if (message.term < state.term) {
    answerStale(state, message);
    return false;
  }
  if (message.term === state.term) return true;
  // This life has asked for nothing yet: an answer is to one that is forgotten.
  if (state.isNew && isAnswer(message)) return false;
  // A leader that we hear is a reason to take no part in an election, unless it asked for that election itself.
  if (message.type === 'voteRequest' && hearsLeader && !message.leadershipTransfer) return false;
  if (state.isNew && !isFromItsBirth(message)) state.amnesia.begin();
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

/** A sender that is behind must learn the term, or it would go on for ever: a stale leader, a stale candidate. */
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
