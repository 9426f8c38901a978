import type { Append, MemberId, Message } from '../core/messages.js';
import type { MessageReceiver, Messenger } from './group-messenger.js';

/** Maximum time to hold a notice, in milliseconds. A read at a learner may wait for it. */
const HOLD_MS = 2;

/**
 * A messenger for a leader with learners. It holds a message that only carries the settled index to a learner, such as a
 * heartbeat, for a moment, because the next append carries it too. Under load an append follows soon, so an entry costs the
 * learner and its leader one message and one answer instead of two. To the core, such a message looks late or lost.
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

  /** Sends the held notice. It may be newer than the one whose time is over, so it waits for less time, never for more. */
  private release(to: MemberId): void {
    const notice = this.waiting.get(to);
    if (notice === undefined) return;
    this.waiting.delete(to);
    this.messenger.send([notice]);
  }

  /** Returns the held notice for the same learner, to be sent first to keep the order; none if the message is an append. */
  private overtaken({ to, type }: Message): readonly Message[] {
    const notice = this.waiting.get(to);
    if (notice === undefined) return [];
    this.waiting.delete(to);
    return type === 'append' ? [] : [notice];
  }
}
