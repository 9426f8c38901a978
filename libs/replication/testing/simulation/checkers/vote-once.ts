import type { MemberId, Message } from '../../../src/core/messages.js';
import { PropertyViolation, type Checker } from './checker.js';

/** A member votes for at most one candidate per term, across all its crashes. */
export class VoteOnce implements Checker {
  private readonly votes = new Map<string, MemberId>();

  sent(message: Message): void {
    if (message.type !== 'voteResponse' || !message.granted) return;
    const ballot = `${message.from} in term ${message.term}`;
    const given = this.votes.get(ballot) ?? message.to;
    if (given !== message.to)
      throw new PropertyViolation('vote once', `${ballot} voted for ${given} and for ${message.to}`);
    this.votes.set(ballot, message.to);
  }
}
