import type { MemberId, Message } from '../../src/core/messages.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Settings } from './settings.js';

/** Loses, delays, duplicates and reorders messages, and isolates members, in one direction or both. */
export class Network {
  private readonly blocked = new Set<number>();
  private readonly lastArrival = new Map<number, number>();
  private isCalm = false;
  private maxDelayMs: number;

  constructor(
    private readonly settings: Settings['network'],
    private readonly random: Random,
    private readonly scheduler: Scheduler,
    private readonly deliver: (message: Message) => void,
  ) {
    this.maxDelayMs = settings.maxDelayMs;
  }

  send(message: Message): void {
    const link = linkOf(message.from, message.to);
    if (this.blocked.has(link)) return;
    if (!this.isCalm && this.random.chance(this.settings.loss)) return;
    this.deliverLater(link, message);
    if (!this.isCalm && this.random.chance(this.settings.duplication)) this.deliverLater(link, message);
  }

  /** Draws the delay of traffic that is not between members, such as a client's request. */
  drawDelay(): number {
    return this.random.between(Math.min(this.settings.minDelayMs, this.maxDelayMs), this.maxDelayMs);
  }

  block(from: MemberId, to: MemberId): void {
    this.blocked.add(linkOf(from, to));
  }

  unblock(from: MemberId, to: MemberId): void {
    this.blocked.delete(linkOf(from, to));
  }

  /** Ends losses and duplicates, and limits delays to suit the election timeout: progress needs both, safety neither. */
  calmDown(maxDelayMs: number): void {
    this.isCalm = true;
    this.maxDelayMs = Math.min(this.maxDelayMs, maxDelayMs);
  }

  private deliverLater(link: number, message: Message): void {
    const { scheduler, settings } = this;
    let arrival = scheduler.now + this.drawDelay();
    if (!this.isCalm && this.random.chance(settings.stragglers)) arrival += this.random.between(100, 5000);
    if (!settings.reorders) {
      arrival = Math.max(arrival, this.lastArrival.get(link) ?? 0);
      this.lastArrival.set(link, arrival);
    }
    scheduler.after(arrival - scheduler.now, () => {
      if (!this.blocked.has(link)) this.deliver(message);
    });
  }
}

function linkOf(from: MemberId, to: MemberId): number {
  return from * 100 + to;
}
