import { USAGES } from './shell-line.js';

/**
 * Returns a completer for readline: commands in the first word, then names of stocks.
 * @param names asked each time, because they become known later
 */
export function createCompleter(
  names: () => readonly string[],
): (line: string) => readonly [matches: string[], typed: string] {
  return (line) => {
    const start = line.trimStart();
    const found = /^(lookup|buy|sell)\s+(.*)$/.exec(start);
    const typed = found?.[2] ?? start;
    const candidates = found ? names() : Object.keys(USAGES);
    return [candidates.filter((candidate) => candidate.startsWith(typed)).map((match) => `${match} `), typed];
  };
}
