import type { Member } from './member.js';
import type { Message } from './messages.js';
import type { Transitions } from './role.js';

/** What a message of another term than ours means, whatever our role. True when the role should see it. */
export function settleTerm(member: Member, message: Message, hearsLeader: boolean, to: Transitions): boolean {
  if (message.type === 'preVoteRequest') return true;
  if (message.type === 'preVoteResponse' && message.granted) return true;
  if (message.term < member.term) {
    answerStale(member, message);
    return false;
  }
  if (message.term === member.term) return true;
  // A leader that we hear is a reason to take no part in an election, unless it asked for that election itself.
  if (message.type === 'voteRequest' && hearsLeader && !message.transfer) return false;
  const isFromLeader = message.type === 'append' || message.type === 'snapshotPage' || message.type === 'timeoutNow';
  to.becomeFollower(message.term, isFromLeader ? message.from : null);
  return true;
}

/** A sender that is behind must learn the term, or it would go on for ever: a stale leader, a stale candidate. */
function answerStale({ id, term, out, memory }: Member, message: Message): void {
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
        recovery: memory.nonce,
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
      return;
    default:
      message satisfies never;
  }
}
