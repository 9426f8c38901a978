import type { Observable } from 'rxjs';
import { Overloaded } from '../errors.js';
import type { CallBatch, CallResult } from './answer-each.js';
import { silence, type Attempt, type FailedAttempt } from './attempt.js';

/** Calls in one message; what is more goes into the next. Bounds its bytes as well, because payloads are small. */
const MAX_CALLS_IN_BATCH = 256;
/** Calls that may wait for an answer; beyond it `Overloaded`. */
const MAX_OPEN_CALLS = 8192;
const RETRY_AFTER_MS = 100;

/** A call that carries how long its caller waits. */
interface Payload {
  readonly timeoutMs: number;
}

/**
 * Calls of one pattern to one member. What is asked for in one turn of the event loop shares a message, so the cost of a
 * message is spread the wider the more there is to do, and a lone call waits for nobody. The calls keep their order, and
 * each its own deadline: none waits for another one's answer.
 */
export class BatchSender {
  private queue: OpenCall[] = [];
  private open = 0;

  constructor(
    private readonly transmit: (batch: CallBatch) => Observable<readonly CallResult[]>,
    private readonly classify: (error: unknown) => FailedAttempt,
  ) {}

  /** Resolves to how it went, at the latest after `timeoutMs`. */
  send(payload: Payload, timeoutMs: number): Promise<Attempt<unknown>> {
    if (this.open >= MAX_OPEN_CALLS) return Promise.resolve(this.classify(new Overloaded(RETRY_AFTER_MS).toWire()));
    this.open += 1;
    const call = new OpenCall(payload, timeoutMs);
    if (this.queue.push(call) === 1) setImmediate(() => this.sendQueue());
    return call.ended.finally(() => (this.open -= 1));
  }

  private sendQueue(): void {
    // One whose time is up was told that it was not executed: from now on it must not be.
    const calls = this.queue.filter(({ isOver }) => !isOver);
    this.queue = [];
    for (let start = 0; start < calls.length; start += MAX_CALLS_IN_BATCH)
      this.sendBatch(calls.slice(start, start + MAX_CALLS_IN_BATCH));
  }

  private sendBatch(calls: readonly OpenCall[]): void {
    const endAll = (attempt: FailedAttempt): void => {
      for (const call of calls) call.end(attempt);
    };
    const answers = this.transmit({ calls: calls.map((call) => call.leave()) }).subscribe({
      next: (results) => {
        for (const result of results) calls[result.position]?.end(this.attemptOf(result));
      },
      error: (error: unknown) => endAll(this.classify(error)),
      complete: () => endAll({ failed: 'unknown', why: 'left it without an answer' }),
    });
    void Promise.all(calls.map(({ ended }) => ended)).then(() => answers.unsubscribe());
  }

  private attemptOf(result: CallResult): Attempt<unknown> {
    return 'error' in result ? this.classify(result.error) : { answer: result.answer };
  }
}

/** One call, from when it is asked for until it is answered or given up. */
class OpenCall {
  readonly ended: Promise<Attempt<unknown>>;
  isOver = false;
  private isSent = false;
  private readonly askedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private resolve!: (attempt: Attempt<unknown>) => void;

  constructor(
    private readonly payload: Payload,
    timeoutMs: number,
  ) {
    this.ended = new Promise((resolve) => (this.resolve = resolve));
    this.timer = setTimeout(() => {
      this.end(this.isSent ? silence(timeoutMs) : { failed: 'refused', why: 'could not be asked in time' });
    }, timeoutMs);
  }

  /** What goes over the wire, with what is left of its time. */
  leave(): Payload {
    this.isSent = true;
    const waitedMs = Math.floor(performance.now() - this.askedAt);
    return { ...this.payload, timeoutMs: Math.max(1, this.payload.timeoutMs - waitedMs) };
  }

  /** What comes after the first end is too late. */
  end(attempt: Attempt<unknown>): void {
    clearTimeout(this.timer);
    this.isOver = true;
    this.resolve(attempt);
  }
}
