#!/usr/bin/env node
// Creates an installable tarball of this library.   node libs/replication/pack.js [directory for the tarball]
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(LIBRARY, '../..');
const destination = resolve(process.argv[2] ?? join(ROOT, 'dist'));
// Only the package's files, in a separate directory for each run, because two may run at once.
const built = join(ROOT, 'dist/packages', `replication-${process.pid}`);

try {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const build = [tsc, '-p', join(LIBRARY, 'tsconfig.lib.json'), '--outDir', join(built, 'dist')];
  execFileSync(process.execPath, build, { stdio: 'inherit' });
  for (const name of ['README.md', 'DESIGN.md']) copyFileSync(join(LIBRARY, name), join(built, name));
  // The source manifest is private, so that it can't be packed without the build; the built package may be published.
  const manifest = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));
  delete manifest.private;
  delete manifest.scripts;
  writeFileSync(join(built, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(ROOT, 'LICENSE'), join(built, 'LICENSE'));
  mkdirSync(destination, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: built, stdio: 'inherit' });
} finally {
  rmSync(built, { recursive: true, force: true });
}
