import type { ReplicaState } from './replica-state.js';
import type { Message } from './messages.js';

/** Whether a member of this kind sends this to one of ours. A learner neither votes nor leads, nor is it asked to. */
export function mayComeFrom(message: Message, { otherVoters, peers, isLearner }: ReplicaState): boolean {
  if (!peers.includes(message.from)) return false;
  switch (message.type) {
    case 'append':
    case 'snapshotPage':
      return otherVoters.includes(message.from);
    case 'leaseResponse':
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
