import type { Append, MemberId, Message } from '../core/messages.js';
import type { MessageReceiver, Messenger } from './group-messenger.js';

/** Longest time for which a notice is held, in milliseconds. A read at a learner may wait for it. */
const HOLD_MS = 2;

/**
 * A messenger for a leader of learners. A message that only tells a learner how far entries are settled, such as a heartbeat, is
 * held back for a moment, because the next append says the same. Under load one follows soon, and an entry then costs the learner
 * and its leader one message and one answer, not two. To the core such a message looks late or lost.
 */
export class LateNotices implements Messenger {
  private readonly waiting = new Map<MemberId, Append>();

  constructor(
    private readonly messenger: Messenger,
    private readonly learners: ReadonlySet<MemberId>,
    private readonly pause: (ms: number) => Promise<void>,
  ) {}

  get groupId(): string | null {
    return this.messenger.groupId;
  }

  start(receiver: MessageReceiver): void {
    this.messenger.start(receiver);
  }

  send(messages: readonly Message[]): void {
    const now: Message[] = [];
    for (const message of messages) {
      if (this.isNotice(message)) this.hold(message);
      else now.push(...this.overtaken(message), message);
    }
    if (now.length > 0) this.messenger.send(now);
  }

  close(): void {
    this.waiting.clear();
    this.messenger.close();
  }

  private isNotice(message: Message): message is Append {
    return message.type === 'append' && message.entries.length === 0 && this.learners.has(message.to);
  }

  private hold(notice: Append): void {
    const { to } = notice;
    const isFirst = !this.waiting.has(to);
    this.waiting.set(to, notice);
    if (isFirst) void this.pause(HOLD_MS).then(() => this.release(to));
  }

  /** Perhaps a newer one than that whose time is over: it may wait for less, never for longer. */
  private release(to: MemberId): void {
    const notice = this.waiting.get(to);
    if (notice === undefined) return;
    this.waiting.delete(to);
    this.messenger.send([notice]);
  }

  /** Sends a notice that waits for the same learner first, so that nothing is overtaken; an append takes its place. */
  private overtaken({ to, type }: Message): readonly Message[] {
    const notice = this.waiting.get(to);
    if (notice === undefined) return [];
    this.waiting.delete(to);
    return type === 'append' ? [] : [notice];
  }
}
