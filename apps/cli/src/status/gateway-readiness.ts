import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient, NetworkFailure } from '#harness';
import { errorOf } from '../workload/answers.js';

const POLL_INTERVAL_MS = 100;
/** A frozen gateway must not use up the whole time with one request. */
const POLL_TIMEOUT_MS = 3000;

/** Why a gateway is not ready. */
export interface NotReady {
  readonly why: string;
  /** Whether it said so itself. */
  readonly hasAnswered: boolean;
  /** False when it gave no answer before our own deadline, which says little. */
  readonly isKnown: boolean;
}

/** Resolves to undefined as soon as the gateway says that it is ready; in time-out to what was missing last. */
export async function waitUntilReady(url: string, timeoutMs: number): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  const remainingMs = (): number => Math.max(0, Math.ceil(deadline - performance.now()));
  let last: NotReady | undefined;
  do {
    const found = await whatIsMissing(url, Math.max(1, Math.min(remainingMs(), POLL_TIMEOUT_MS)));
    if (found === undefined) return undefined;
    // The last question may be cut short by the deadline; what was said before tells more.
    if (found.isKnown || last?.isKnown !== true) last = found;
    await pause(Math.min(POLL_INTERVAL_MS, remainingMs()));
  } while (remainingMs() > 0);
  return last.why;
}

/** Asks once; undefined when the gateway is ready. */
export async function whatIsMissing(url: string, timeoutMs: number): Promise<NotReady | undefined> {
  const http = new HttpClient({ url, connections: 1, timeoutMs });
  try {
    const answer = await http.send({ method: 'GET', path: '/readyz' });
    if (answer.status === 200) return undefined;
    const { message } = errorOf(answer);
    const text = typeof message === 'string' ? message : answer.text.slice(0, 500);
    return { why: `${url}/readyz answers ${answer.status}: ${text}`, hasAnswered: true, isKnown: true };
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    return { why: `${url}: ${error.message}`, hasAnswered: false, isKnown: !error.mayHaveArrived };
  } finally {
    http.close();
  }
}
