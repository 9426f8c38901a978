import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';

/**
 * Reports whether a member of the sender's kind may send such a message to a member of our kind. A learner neither votes nor
 * leads, nor is it asked to. Checked for every message, because a candidate would count a learner's vote.
 */
export function mayComeFrom(message: Message, { otherVoters, peers, isLearner }: ReplicaState): boolean {
  // Drops messages from strangers, and at a learner from other learners.
  if (!peers.includes(message.from)) return false;
  switch (message.type) {
    case 'append':
    case 'snapshotPage':
      return otherVoters.includes(message.from);
    case 'leaseResponse':
      // Peers of a learner are voters, so the sender needs no further check.
      return isLearner;
    case 'appendResponse':
    case 'snapshotResponse':
      return !isLearner;
    case 'leaseRequest':
      return !otherVoters.includes(message.from);
    case 'preVoteRequest':
    case 'preVoteResponse':
    case 'voteRequest':
    case 'voteResponse':
    case 'timeoutNow':
      return !isLearner && otherVoters.includes(message.from);
  }
}
