import type { Message } from '../core/messages.js';

/** Records when a follower received from its leader, and the leader's commit index. */
export class LeaderWatch {
  private contactAt: number | null = null;
  private committed = 0;

  constructor(private readonly now: () => number) {}

  /** Inspects received messages. `term` is the receiver's own; a sender with a lower term no longer leads. */
  see(messages: readonly Message[], term: number): void {
    for (const message of messages) {
      const isFromLeader = message.type === 'append' || message.type === 'snapshotPage';
      if (!isFromLeader || message.term < term) continue;
      this.contactAt = this.now();
      if (message.type === 'append') this.committed = Math.max(this.committed, message.commitIndex);
    }
  }

  /** Milliseconds since the last message of a leader; null before the first one. */
  get lastContactMs(): number | null {
    return this.contactAt === null ? null : Math.round(this.now() - this.contactAt);
  }

  get commitIndex(): number {
    return this.committed;
  }
}
