import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';
import type { Transitions } from './role.js';

/**
 * Compares a message's term with ours before any role sees it (Raft paper 5.1): a message of an older term is answered or
 * dropped, a newer term makes this member a follower. True if the role should see the message.
 */
export function settleTerm(state: ReplicaState, message: Message, hasLiveLeader: boolean, to: Transitions): boolean {
  // Pre-votes change nobody's term; otherwise a member that was partitioned would depose the leader with its first question.
  if (message.type === 'preVoteRequest') return true;
  if (message.type === 'preVoteResponse' && message.granted) return true;
  if (message.term < state.term) {
    answerStale(state, message);
    return false;
  }
  if (message.term === state.term) return true;
  // This incarnation has asked nothing yet, so an answer is for an earlier one.
  if (state.isNew && isAnswer(message)) return false;
  // With a live leader, take no part in an election unless that leader asked for it (Raft thesis 4.2.3).
  if (message.type === 'voteRequest' && hasLiveLeader && !message.leadershipTransfer) return false;
  if (state.isNew && !isFromItsBirth(message)) state.amnesia.begin();
  // Only a leader sends these. Any other message reveals the new term, but not its leader.
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
 * Reports whether a group that has committed nothing yet can have sent this. If not, an empty member may be one whose whole
 * disk was replaced, and must not vote as if it had never promised anything (see amnesia.ts).
 */
function isFromItsBirth(message: Message): boolean {
  if (message.type === 'voteRequest') return message.lastIndex === 0;
  if (message.type !== 'append') return false;
  const { term, prevIndex, commitIndex, entries } = message;
  return prevIndex === 0 && commitIndex === 0 && entries.every((entry) => entry.term === term);
}

/**
 * Tells a stale leader or candidate the term; otherwise it would continue for ever. The answer waits for the disk, because this
 * member might forget that term in a crash. Answers are not answered, because their senders will ask again.
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
