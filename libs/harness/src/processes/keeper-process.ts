/**
 * The keeper: the parent of all processes of a demo, and itself a child of the demo. It leads a process group of its own.
 * When the channel to the demo closes, which it does however the demo ends, the keeper kills the whole group with SIGKILL,
 * frozen processes included, and removes the files that the demo would leave behind.
 *
 * It imports only Node's modules and does as little as possible: a failure here would leave processes behind.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { FromKeeper, ToKeeper } from './keeper.messages.js';

const children = new Map<string, ChildProcess>();

process.on('message', (message: ToKeeper) => {
  if (message.do === 'start') tryToStart(message);
  else children.get(message.name)?.kill(message.signal);
});
process.on('disconnect', endAll);
// The demo may have ended while this module was loading, before the listener was added.
if (!process.connected) endAll();
// Only the end of the demo ends the keeper. Otherwise its processes would become orphans.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function tryToStart(message: Extract<ToKeeper, { do: 'start' }>): void {
  try {
    start(message);
  } catch (error) {
    // For example, the log file can't be opened. That concerns only this process; the keeper has others to keep.
    tell({ event: 'failed', name: message.name, why: String(error) });
  }
}

function start({ name, main, env, logFile }: Extract<ToKeeper, { do: 'start' }>): void {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', main], { env, stdio: ['ignore', log, log] });
  closeSync(log);
  children.set(name, child);
  child.once('error', (error) => tell({ event: 'failed', name, why: error.message }));
  child.once('spawn', () => tell({ event: 'started', name, pid: child.pid ?? 0 }));
  child.once('exit', (code, signal) => tell({ event: 'exited', name, how: { code, signal } }));
}

function tell(message: FromKeeper): void {
  // The demo may have ended by now; then `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function endAll(): void {
  for (const child of children.values()) child.kill('SIGKILL');
  for (const path of process.argv.slice(2)) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    } catch {
      // A directory left behind is better than processes left behind.
    }
  }
  // Includes processes that the children have started, and the keeper itself.
  process.kill(-process.pid, 'SIGKILL');
}
