import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Compiles the processes that suites start; runs once, before all suites. */
export function setup(): void {
  const { resolve } = createRequire(import.meta.url);
  const tsc = resolve('typescript/bin/tsc');
  const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js');
  execFileSync(process.execPath, [tsc, '-b', 'tsconfig.build.json'], { stdio: 'inherit' });
  execFileSync(process.execPath, [vite, 'build', 'apps/console', '--logLevel', 'warn'], { stdio: 'inherit' });
}
