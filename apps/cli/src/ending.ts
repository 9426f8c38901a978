import { note } from './terminal/terminal.js';

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

/** One press of Ctrl-C may arrive twice: npm passes on what the terminal has sent already. In milliseconds. */
const SAME_PRESS_MS = 500;

/** The wish to end: in order at first, and at once when it is repeated. It may be repeated as often as one likes. */
export class EndRequest {
  private readonly inOrder = new AbortController();
  private readonly now = new AbortController();
  private firstAt = 0;

  /** Aborted when the end is wanted. */
  readonly wanted = this.inOrder.signal;
  /** Aborted when it is wanted at once. */
  readonly urgent = this.now.signal;

  readonly make = (): void => {
    if (!this.wanted.aborted) this.firstAt = performance.now();
    else if (performance.now() - this.firstAt > SAME_PRESS_MS) this.now.abort();
    this.inOrder.abort();
  };
}

/** Resolves when the signal is given, or was given before. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
