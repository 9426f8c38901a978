import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const LINES_KEPT = 500;

/** Lines of earlier sessions, the latest first; none when they can't be read. */
export function loadHistory(file = historyFile()): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** Keeps the lines for the next session. A home that cannot be written is no reason to fail. */
export function saveHistory(lines: readonly string[], file = historyFile()): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.slice(0, LINES_KEPT).join('\n')}\n`, { mode: 0o600 });
  } catch {
    // The next session begins without.
  }
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function historyFile(): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'bazaar', 'history');
}
