import { randomUUID } from 'node:crypto';

/** A change on its way to a gateway. */
interface Unconfirmed {
  readonly sequence: number;
  /** On the monotonic clock. */
  readonly since: number;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
}

/**
 * One gateway's account: the stocks that it may have cached, and the changes that it has been told of. Promise: `settled(name)` resolves only when the
 * gateway has confirmed every change of that stock, or must have stopped using its cache because its lease has ended.
 */
export class Watch {
  readonly id = randomUUID();
  /** Stocks that the gateway has looked up since it was last told of a change of them. */
  private readonly held = new Set<string>();
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  private lastSequence = 0;
  private waiters: Waiter[] = [];
  private leaseTimer: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;

  /** @param leaseEnd when the gateway must have stopped using its cache, unless the watch is renewed; on the monotonic clock */
  constructor(
    private readonly leaseMs: number,
    private leaseEnd: number,
  ) {}

  /** A lease that has ended is never renewed: trades may have been acknowledged without this gateway. */
  get isLive(): boolean {
    return performance.now() < this.leaseEnd;
  }

  /** Milliseconds for which the gateway may use its cache, counted from `moment`. */
  leaseMsFrom(moment: number): number {
    return Math.max(0, Math.min(this.leaseMs, Math.floor(this.leaseEnd - moment)));
  }

  /**
   * Up to `leaseEnd`, but not beyond one lease after the first change that is still unconfirmed: a gateway that asks and never confirms, because
   * it does not hear the answers, would else hold trades up for ever.
   */
  renew(leaseEnd: number): void {
    const since = [...this.unconfirmed.values()].map((change) => change.since);
    this.leaseEnd = Math.max(this.leaseEnd, Math.min(leaseEnd, ...since.map((moment) => moment + this.leaseMs)));
  }

  confirm(sequence: number): void {
    for (const [name, change] of this.unconfirmed) if (change.sequence <= sequence) this.unconfirmed.delete(name);
    this.release((waiter) => waiter.sequence <= sequence);
  }

  /** To be called before the stock is read, so that every change that the answer may lack is told. */
  hold(name: string): void {
    this.held.add(name);
  }

  /** Notes a changed stock, unless the gateway does not hold it and so need not be told. */
  changed(name: string): void {
    if (!this.held.delete(name)) return;
    this.lastSequence += 1;
    const since = this.unconfirmed.get(name)?.since ?? performance.now();
    this.unconfirmed.set(name, { sequence: this.lastSequence, since });
    this.wake?.();
  }

  settled(name: string): Promise<void> {
    const change = this.unconfirmed.get(name);
    if (!change || !this.isLive) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push({ sequence: change.sequence, resolve });
      this.awaitLeaseEnd();
    });
  }

  /** Everything unconfirmed, as soon as there is something; after `holdMs` also nothing. */
  async next(holdMs: number): Promise<{ readonly sequence: number; readonly changes: readonly string[] }> {
    // A gateway that asks again has given up on its earlier question.
    this.wake?.();
    if (this.unconfirmed.size === 0) await this.somethingOr(holdMs);
    return { sequence: this.lastSequence, changes: [...this.unconfirmed.keys()] };
  }

  private somethingOr(holdMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        if (this.wake === wake) this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, holdMs);
      this.wake = wake;
    });
  }

  private awaitLeaseEnd(): void {
    this.leaseTimer ??= setTimeout(
      () => {
        this.leaseTimer = undefined;
        if (!this.isLive) this.release(() => true);
        else if (this.waiters.length > 0) this.awaitLeaseEnd();
      },
      Math.max(1, Math.ceil(this.leaseEnd - performance.now())),
    );
  }

  private release(isDone: (waiter: Waiter) => boolean): void {
    const done = this.waiters.filter(isDone);
    this.waiters = this.waiters.filter((waiter) => !isDone(waiter));
    for (const waiter of done) waiter.resolve();
  }
}
