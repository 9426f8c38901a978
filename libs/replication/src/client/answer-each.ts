import { Observable } from 'rxjs';

/** Calls of one pattern that are sent in one message. Each has its own deadline, and gets its own answer or error. */
export interface CallBatch {
  readonly calls: readonly unknown[];
}

/** The result of the call at `position` of its batch. Results of the same turn are sent in one message. */
export type CallResult =
  | { readonly position: number; readonly answer?: unknown }
  /** In the same form as the error of a single call on the wire. */
  | { readonly position: number; readonly error: unknown };

/**
 * Answers a batch from a `GroupClient`: begins the calls in order, and sends each result as soon as it is available.
 * A slow call does not delay the others, and a failed call does not fail them.
 *
 * @param errorOf converts an error to its form on the wire
 * @example
 * \@MessagePattern('add')
 * add(\@Payload() { calls }: CallBatch) {
 *   return answerEach(calls, (call) => this.log.propose(call), (error) => error.toWire());
 * }
 */
export function answerEach(
  calls: readonly unknown[],
  handle: (call: unknown) => Promise<unknown>,
  errorOf: (error: unknown) => unknown,
): Observable<readonly CallResult[]> {
  return new Observable((subscriber) => {
    let waiting = calls.length;
    let results: CallResult[] = [];
    const send = (): void => {
      subscriber.next(results);
      results = [];
      if (waiting === 0) subscriber.complete();
    };
    const add = (result: CallResult): void => {
      waiting -= 1;
      if (results.push(result) === 1) setImmediate(send);
    };
    if (waiting === 0) subscriber.complete();
    for (const [position, call] of calls.entries()) {
      handle(call).then(
        (answer) => add({ position, answer }),
        (error: unknown) => add({ position, error: errorOf(error) }),
      );
    }
  });
}
