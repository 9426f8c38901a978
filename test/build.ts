import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the processes that suites start; runs once, before all suites. On a fresh clone no library can be imported before that. */
export function setup(): void {
  execFileSync(process.execPath, ['bin/build.js'], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
}
