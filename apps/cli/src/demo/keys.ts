/** What each key does, in the order in which they are shown. */
export interface KeyBinding {
  readonly key: string;
  readonly what: string;
  readonly press: () => Promise<void>;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** Reads single keys from a terminal; any other, `?` say, is `unknown`. Returns a function that gives the terminal back as it was. */
export function listenForKeys(
  terminal: NodeJS.ReadStream,
  bindings: readonly KeyBinding[],
  quit: () => void,
  failed: (error: unknown) => void,
  unknown: () => void,
): () => void {
  const onData = (keys: string): void => {
    for (const key of keys) {
      const binding = bindings.find((candidate) => candidate.key === key);
      // In raw mode Ctrl-C is a character and no signal.
      if (key === CTRL_C || key === CTRL_D || key === 'q') quit();
      else if (binding) binding.press().catch(failed);
      else unknown();
    }
  };
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
  return [...bindings.map(({ key, what }) => `${key} ${what}`), 'q quit'].join('   ');
}
