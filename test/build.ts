import { execFileSync } from 'node:child_process';
import { ROOT } from '#harness';

/** Builds the processes that suites start; runs once, before all suites. */
export function setup(): void {
  execFileSync(process.execPath, ['bin/build.js'], { cwd: ROOT, stdio: 'inherit' });
}
