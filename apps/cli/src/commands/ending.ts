import { note } from '../report/terminal.js';

/** Turns a command that resolves to its exit code into an action for commander, which knows no exit codes. */
export function ending<Args extends unknown[]>(
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await run(...args);
  };
}

/** The first Ctrl-C ends what goes on in order, and says so in these words; the second one ends us. */
export function stopOnSignal(words: string): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      note(words);
      stopped.abort();
    });
  }
  return stopped.signal;
}
