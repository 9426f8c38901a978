import type { Observable } from 'rxjs';
import { Overloaded } from '../errors.js';
import type { CallBatch, CallResult } from './answer-each.js';
import { silence, type Attempt, type FailedAttempt } from './attempt.js';

/** Maximum number of calls in one message. Also bounds its size, because payloads are small. */
const MAX_CALLS_IN_BATCH = 256;
/** Maximum number of unanswered calls. Beyond it, a call fails with `Overloaded`. */
const MAX_OPEN_CALLS = 8192;
const RETRY_AFTER_MS = 100;

/** A call that carries its timeout. */
interface Payload {
  readonly timeoutMs: number;
}

/**
 * Sends calls of one pattern to one member. Calls of the same turn of the event loop share a message, so the cost per call falls
 * under load, and a lone call is not delayed. Calls keep their order, and each has its own deadline: none waits for the answer to
 * another.
 */
export class BatchSender {
  private queue: OpenCall[] = [];
  private open = 0;

  constructor(
    private readonly transmit: (batch: CallBatch) => Observable<readonly CallResult[]>,
    private readonly classify: (error: unknown) => FailedAttempt,
  ) {}

  /** Sends a call and resolves to the result, after `timeoutMs` milliseconds at the latest. */
  send(payload: Payload, timeoutMs: number): Promise<Attempt<unknown>> {
    if (this.open >= MAX_OPEN_CALLS) return Promise.resolve(this.classify(new Overloaded(RETRY_AFTER_MS).toWire()));
    this.open += 1;
    const call = new OpenCall(payload, timeoutMs);
    if (this.queue.push(call) === 1) setImmediate(() => this.sendQueue());
    return call.ended.finally(() => (this.open -= 1));
  }

  private sendQueue(): void {
    // An expired call was reported as not executed, so it must not be sent.
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
      complete: () => endAll({ failed: 'unknown', why: 'finished without an answer' }),
    });
    void Promise.all(calls.map(({ ended }) => ended)).then(() => answers.unsubscribe());
  }

  private attemptOf(result: CallResult): Attempt<unknown> {
    return 'error' in result ? this.classify(result.error) : { answer: result.answer };
  }
}

/** One call, until it is answered or expires. */
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

  /** Returns the payload to send, with the remaining time. */
  leave(): Payload {
    this.isSent = true;
    const waitedMs = Math.floor(performance.now() - this.askedAt);
    return { ...this.payload, timeoutMs: Math.max(1, this.payload.timeoutMs - waitedMs) };
  }

  /** Ends the call. Further calls have no effect. */
  end(attempt: Attempt<unknown>): void {
    clearTimeout(this.timer);
    this.isOver = true;
    this.resolve(attempt);
  }
}
