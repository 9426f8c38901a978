import { OutcomeUnknown } from '../errors.js';

/** One call that waits for its result. */
interface Waiter<T> {
  readonly deadline: number;
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * Calls that wait for a result at an index or id. All have the same timeout, so they expire in the order in which they arrived,
 * and checking the oldest on each tick replaces a timer for each call.
 */
export class Pending<Key, T> {
  private readonly waiters = new Map<Key, Waiter<T>>();

  constructor(
    private readonly timeoutMs: number,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.waiters.size;
  }

  wait(key: Key): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiters.set(key, { deadline: this.now() + this.timeoutMs, resolve, reject });
    });
  }

  resolve(key: Key, value: T): void {
    this.take(key)?.resolve(value);
  }

  /** @param error called only if a call waits under this key */
  reject(key: Key, error: () => Error): void {
    this.take(key)?.reject(error());
  }

  rejectAll(error: () => Error): void {
    for (const key of [...this.waiters.keys()]) this.reject(key, error);
  }

  /** Rejects the calls that have waited longer than the timeout. */
  expire(): void {
    const now = this.now();
    for (const [key, waiter] of this.waiters) {
      if (waiter.deadline > now) return;
      this.reject(key, () => new OutcomeUnknown(`no majority answered in ${this.timeoutMs} ms`));
    }
  }

  private take(key: Key): Waiter<T> | undefined {
    const waiter = this.waiters.get(key);
    this.waiters.delete(key);
    return waiter;
  }
}
