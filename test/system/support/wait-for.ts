import { setTimeout as pause } from 'node:timers/promises';

const POLL_INTERVAL_MS = 20;

/** Waits for a fact. The limit is generous: a stalled disk of a shared machine is no failure. */
export async function waitFor(what: string, isTrue: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(POLL_INTERVAL_MS);
  }
}
