#!/usr/bin/env node
// The command line. A demo runs what the sources say now, so it compiles what has changed; so does the first command of all.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const main = new URL('dist/apps/cli/src/main.js', root);
const isDemo = process.argv[2] === 'demo';

if ((isDemo || !existsSync(main)) && existsSync(new URL('apps', root))) build();
try {
  await import(main.href);
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  end(`a package is missing (${error.message}). Run \`npm ci\`, then repeat.`);
}

function build() {
  const config = fileURLToPath(new URL('apps/tsconfig.build.json', root));
  if (!existsSync(main)) process.stderr.write('compiling; this takes some seconds …\n');
  const { status } = spawnSync(process.execPath, [resolvePackage('typescript/bin/tsc'), '-b', config], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) end('the sources could not be compiled. Correct what is listed above, then repeat.');
  if (isPageOutdated()) buildPage();
}

/** Vite has no record of what it has read, and takes some seconds. */
function isPageOutdated() {
  const built = statSync(new URL('dist/apps/console/static/index.html', root), { throwIfNoEntry: false });
  const sources = readdirSync(new URL('apps/console', root), { recursive: true, encoding: 'utf8' });
  const paths = [
    ...sources.map((name) => `apps/console/${name}`),
    'apps/order/DESIGN.md',
    'libs/replication/DESIGN.md',
  ];
  const changedAt = paths.map((path) => statSync(new URL(path, root)).mtimeMs);
  return !built || Math.max(...changedAt) > built.mtimeMs;
}

function buildPage() {
  const vite = resolvePackage('vite/package.json').replace('package.json', 'bin/vite.js');
  const page = fileURLToPath(new URL('apps/console', root));
  const { status } = spawnSync(process.execPath, [vite, 'build', page, '--logLevel', 'warn'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) end('the live page could not be built. Correct what is listed above, then repeat.');
}

function resolvePackage(path) {
  try {
    return createRequire(import.meta.url).resolve(path);
  } catch {
    return end(`${path.split('/')[0]} is not installed. Run \`npm ci\`, then repeat.`);
  }
}

function end(why) {
  process.stderr.write(`bazaar: ${why}\n`);
  process.exit(1);
}
