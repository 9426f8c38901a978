import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** Compiles the processes that suites start; runs once, before all suites. */
export function setup(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', 'tsconfig.build.json'], { stdio: 'inherit' });
}
