/**
 * Stands in for the keeper when the demo ends while the keeper itself is frozen: then nobody else would end the processes.
 * Another child of the demo, outside the keeper's process group. A bit after the channel to the demo has closed, it kills
 * whatever is left of that group, and removes what the demo would leave behind.
 *
 * Like the keeper it imports nothing but Node.
 *
 *     keeper-understudy-process.js <pid of the keeper> <file or directory to remove> …
 */
import { rmSync } from 'node:fs';

/** So long the keeper has to do it itself. */
const PATIENCE_MS = 1000;

const [keeper = '', ...leftovers] = process.argv.slice(2);

process.on('disconnect', startWaiting);
// The demo may have ended while this module was still being loaded, when nobody listened yet.
if (!process.connected) startWaiting();
// Only the end of the demo ends this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// Keeps the channel, and with it this process, open.
process.on('message', () => undefined);

function startWaiting(): void {
  setTimeout(standIn, PATIENCE_MS);
}

function standIn(): void {
  try {
    // SIGKILL ends frozen processes as well.
    process.kill(-Number(keeper), 'SIGKILL');
  } catch {
    // The group is gone: the keeper has done its work.
  }
  for (const path of leftovers) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
