import { setTimeout as pause } from 'node:timers/promises';
import { errorOf } from '../workload/answers.js';
import { HttpClient, NetworkFailure } from '../workload/http-client.js';

const POLL_INTERVAL_MS = 100;
/** A frozen gateway must not use up the whole time with one request. */
const POLL_TIMEOUT_MS = 3000;

/** Resolves to undefined as soon as the gateway says that it is ready; in time-out to what was missing last. */
export async function waitUntilReady(url: string, timeoutMs: number): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  let missing: string | undefined = 'nobody was asked';
  while (missing !== undefined && performance.now() < deadline) {
    const remainingMs = deadline - performance.now();
    missing = await whatIsMissing(url, Math.max(1, Math.min(remainingMs, POLL_TIMEOUT_MS)));
    if (missing !== undefined) await pause(Math.min(POLL_INTERVAL_MS, Math.max(0, deadline - performance.now())));
  }
  return missing;
}

/** Asks once; undefined when the gateway is ready. */
export async function whatIsMissing(url: string, timeoutMs: number): Promise<string | undefined> {
  const http = new HttpClient({ url, connections: 1, timeoutMs });
  try {
    const answer = await http.send({ method: 'GET', path: '/readyz' });
    if (answer.status === 200) return undefined;
    const { message } = errorOf(answer);
    return `${url}/readyz answers ${answer.status}: ${typeof message === 'string' ? message : answer.text.slice(0, 500)}`;
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    return `${url}: ${error.message}`;
  } finally {
    http.close();
  }
}
