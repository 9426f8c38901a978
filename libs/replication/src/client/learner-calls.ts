import { NoLearner } from '../errors.js';
import type { MemberConnection } from './member-connection.js';

/** Settings of one read at a learner. */
export interface LearnerCallOptions<T> {
  /** Timeout of all attempts together, in milliseconds. The remaining time is sent in the payload as `timeoutMs`. */
  readonly timeoutMs: number;
  /** Reports whether an answer is good enough. If no learner has a better one, it is returned anyway. @default every answer is */
  readonly isEnough?: (answer: T) => boolean;
  /** Reports whether a learner's error settles the call; otherwise the next learner is asked. @default every error does */
  readonly isFinal?: (wireError: unknown) => boolean;
}

/** Sends reads to one learner until it fails, and then to another. */
export class LearnerCalls {
  /** Position of the learner to ask first. Drawn at random, so that clients spread over the learners. */
  private current: number;

  /** @param attemptMs how long to wait for one learner before asking the next, in milliseconds */
  constructor(
    private readonly group: string,
    private readonly learners: readonly MemberConnection[],
    private readonly attemptMs: number,
  ) {
    this.current = Math.floor(Math.random() * learners.length);
  }

  /** Asks each learner at most once. Throws `NoLearner`, or a learner's error. */
  async call<T>(
    pattern: string,
    payload: object,
    { timeoutMs, isEnough = () => true, isFinal = () => true }: LearnerCallOptions<T>,
  ): Promise<{ readonly answer: T; readonly learner: MemberConnection }> {
    const deadline = performance.now() + timeoutMs;
    const start = this.current;
    const failures: string[] = [];
    let reserve: { readonly answer: T; readonly learner: MemberConnection } | undefined;
    let refusal: { readonly error: unknown } | undefined;
    for (let tried = 0; tried < this.learners.length; tried += 1) {
      const position = (start + tried) % this.learners.length;
      const learner = this.learners[position];
      const remainingMs = Math.floor(deadline - performance.now());
      if (!learner || remainingMs < 1) break;
      const attemptMs = Math.min(this.attemptMs, remainingMs);
      const asked = { ...payload, timeoutMs: attemptMs, ...learner.addressee };
      const result = await learner.send<T>(pattern, asked, attemptMs);
      if ('answer' in result) {
        if (isEnough(result.answer)) {
          this.current = position;
          return { answer: result.answer, learner };
        }
        reserve ??= { answer: result.answer, learner };
      } else if (result.failed === 'answered') {
        if (isFinal(result.error)) throw result.error;
        refusal ??= { error: result.error };
      }
      if ('failed' in result)
        failures.push(`${learner.address.name ?? `${this.group}-${learner.address.id}`} ${result.why}`);
    }
    if (reserve) return reserve;
    if (refusal) throw refusal.error;
    throw new NoLearner(this.group, failures.join(', ') || 'there is none');
  }
}
