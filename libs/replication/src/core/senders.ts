import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';

/**
 * Whether a member of the sender's kind sends such a message to one of ours. A learner neither votes nor leads, nor is it asked
 * to. Checked for every message, because a learner's vote would be counted if it got as far as a candidate.
 */
export function mayComeFrom(message: Message, { otherVoters, peers, isLearner }: ReplicaState): boolean {
  // Strangers, and at a learner the other learners.
  if (!peers.includes(message.from)) return false;
  switch (message.type) {
    case 'append':
    case 'snapshotPage':
      return otherVoters.includes(message.from);
    case 'leaseResponse':
      // Peers of a learner are voters, so nothing more has to be asked about the sender.
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
