/** The effect of each key, in the order in which they are shown. */
export interface KeyBinding {
  readonly key: string;
  readonly what: string;
  readonly press: () => Promise<void>;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const NO_BREAK_SPACE = '\u00a0';

export interface KeyListener {
  readonly quit: () => void;
  /** A key could not do what it is for. */
  readonly failed: (error: unknown) => void;
  /** A key that does nothing was pressed, `?` say. */
  readonly unknown: () => void;
  /** Once it is given, keys but those that quit do nothing, and what they began fails without a word. */
  readonly ended: AbortSignal;
}

/** Reads single keys from a terminal. Returns a function that gives the terminal back as it was. */
export function listenForKeys(
  terminal: NodeJS.ReadStream,
  bindings: readonly KeyBinding[],
  { quit, failed, unknown, ended }: KeyListener,
): () => void {
  const onFailure = (error: unknown): void => {
    if (!ended.aborted) failed(error);
  };
  const onData = (keys: string): void => {
    for (const key of keys) {
      const binding = bindings.find((candidate) => candidate.key === key);
      // In raw mode Ctrl-C is a character and no signal.
      if (key === CTRL_C || key === CTRL_D || key === 'q') quit();
      else if (ended.aborted) continue;
      else if (binding) binding.press().catch(onFailure);
      else unknown();
    }
  };
  // A terminal that was closed can't be read, nor given back.
  terminal.on('error', () => undefined);
  terminal.setRawMode(true);
  terminal.setEncoding('utf8');
  terminal.on('data', onData);
  terminal.resume();
  return () => {
    terminal.off('data', onData);
    terminal.setRawMode(false);
    terminal.pause();
  };
}

export function keysLine(bindings: readonly KeyBinding[]): string {
  const keys = [...bindings.map(({ key, what }) => `${key} ${what}`), 'q quit'];
  // A line is broken between keys only.
  return keys.map((key) => key.replaceAll(' ', NO_BREAK_SPACE)).join('   ');
}
