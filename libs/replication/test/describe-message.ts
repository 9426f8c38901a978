import type { Entry, MemberId, Message } from '../src/core/messages.js';

/** Formats a message as one line of a trace. */
export function describeMessage(message: Message, learners: readonly MemberId[]): string {
  const { from, to, type, term } = message;
  const isAnswer = type === 'appendResponse' || type === 'snapshotResponse';
  const hasAmnesia = isAnswer && message.nonce !== null && !learners.includes(from);
  return `${from} -> ${to} ${type} t${term} ${describeContent(message)}${hasAmnesia ? ' with amnesia' : ''}`.trimEnd();
}

export function describeEntries(entries: readonly Entry[]): string {
  return `[${entries.map(({ index, term, data }) => `${index}/${term}${data === null ? '' : ` ${data}`}`).join(', ')}]`;
}

function describeContent(message: Message): string {
  switch (message.type) {
    case 'preVoteRequest':
      return `log ends ${message.lastIndex}/${message.lastTerm}`;
    case 'voteRequest':
      return `log ends ${message.lastIndex}/${message.lastTerm}${message.leadershipTransfer ? ' for a leadership transfer' : ''}`;
    case 'preVoteResponse':
    case 'voteResponse':
      return message.granted ? 'yes' : 'no';
    case 'append': {
      const { prevIndex, prevTerm, entries, commitIndex, round, amnesia, recovered } = message;
      const permission = recovered === null ? '' : ` may vote from ${recovered.index}`;
      const what = `after ${prevIndex}/${prevTerm} ${describeEntries(entries)} commit ${commitIndex} round ${round}`;
      return `${what}${amnesia ? ' you forgot' : ''}${permission}`;
    }
    case 'appendResponse': {
      const { accepted, index, hintIndex, hintTerm, round } = message;
      const what = accepted ? `agrees to ${index}` : `refuses ${index}, try ${hintIndex}/${hintTerm}`;
      return `${what} round ${round}`;
    }
    case 'snapshotPage':
      return `${message.snapshotNumber} of ${message.lastIndex}/${message.lastTerm} page ${message.page}${message.done ? ', the last' : ''}`;
    case 'snapshotResponse': {
      const next = message.nextPage === null ? 'all there' : `needs page ${message.nextPage}`;
      return `${message.snapshotNumber} of ${message.lastIndex} ${next}`;
    }
    case 'timeoutNow':
      return '';
    case 'leaseRequest':
      return `question ${message.question} round ${message.round}`;
    case 'leaseResponse':
      return `to question ${message.question}: read from ${message.index}, ${message.leaseMs > 0 ? `lease of ${message.leaseMs} ms` : 'no lease'}`;
  }
}
