import { Observable } from 'rxjs';

/** Calls of one pattern that travel in one message. Each has its own deadline, and gets its own answer or error. */
export interface CallBatch {
  readonly calls: readonly unknown[];
}

/** The result of the call at a position of its batch. Results of the same turn travel in one message. */
export type CallResult =
  | { readonly position: number; readonly answer?: unknown }
  /** In the form in which errors of single calls cross the wire. */
  | { readonly position: number; readonly error: unknown };

/**
 * Answers a batch that a `GroupClient` has sent: begins the calls in order, and sends each result as soon as there is one.
 * A slow call does not hold up the others, and one that fails does not fail them.
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
