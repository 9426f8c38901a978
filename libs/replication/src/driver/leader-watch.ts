import type { Message } from '../core/messages.js';

/** Records when a follower received from its leader, and how far the group's log is committed. */
export class LeaderWatch {
  private contactAt: number | null = null;
  private committed = 0;

  constructor(private readonly now: () => number) {}

  /** Looks at messages that arrive; `term` is the receiver's own, and a sender with a lower one no longer leads. */
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
