#!/usr/bin/env node
// Compiles what has changed, to dist/. With a TypeScript build configuration as its argument, only the sources that this covers.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('..', import.meta.url);
/** Shared by the bundles of all apps. */
const CHUNKS = 'dist/apps/chunks/';
const APPS = ['order', 'catalog', 'frontend', 'cli'];
/** What the compiler and npm write last. */
const BUNDLE_IS_MADE_OF = [
  'bin/build.js',
  'dist/apps/.tsbuildinfo',
  'dist/libs/.tsbuildinfo',
  'node_modules/.package-lock.json',
];
const PAGE_IS_MADE_OF = [...filesIn('apps/console/'), 'apps/order/DESIGN.md', 'libs/replication/DESIGN.md'];

const [config = 'tsconfig.build.json'] = process.argv.slice(2);
run('typescript', 'bin/tsc', '-b', pathOf(config));
await make('dist/apps/.bundled', BUNDLE_IS_MADE_OF, bundleApps);
await make('dist/apps/.page', PAGE_IS_MADE_OF, () =>
  run('vite', 'bin/vite.js', 'build', pathOf('apps/console'), '--logLevel', 'warn'),
);

/**
 * Puts each app, with the packages that it uses, into few files: Node loads these three times as fast as thousands of small ones,
 * and a process that was killed is back that much sooner. Made of what tsc has compiled, because Nest needs its decorator metadata.
 */
async function bundleApps() {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: pathOf('.'),
    input: Object.fromEntries(APPS.map((app) => [app, `dist/apps/${app}/src/main.js`])),
    platform: 'node',
    // It loads a compiled addon from its own folder.
    external: ['better-sqlite3'],
    // Nest's transports import brokers' clients, which are not installed.
    onLog: (level, log, report) => log.code !== 'UNRESOLVED_IMPORT' && report(level, log),
  });
  const { output } = await build.write({
    dir: 'dist/apps',
    entryFileNames: '[name]/main.js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Nest needs reflect-metadata to be executed before anything that has decorators, as it is without a bundle.
    strictExecutionOrder: true,
  });
  const written = new Set(output.map(({ fileName }) => `dist/apps/${fileName}`));
  // Those of the build before may be in use until here: a process loads some late.
  for (const file of filesIn(CHUNKS)) if (!written.has(file)) rmSync(new URL(file, ROOT));
}

/** Does some work if a source has changed since. The stamp is written when the work is complete, and is gone while it is not. */
async function make(stamp, sources, work) {
  if (!isOutdated(stamp, sources)) return;
  rmSync(new URL(stamp, ROOT), { force: true });
  await work();
  writeFileSync(new URL(stamp, ROOT), '');
}

/** Whether a file is missing, or older than any of those that it is made of. */
function isOutdated(file, sources) {
  const changedAt = (path) => statSync(new URL(path, ROOT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changedAt(file) <= Math.max(...sources.map(changedAt));
}

function filesIn(folder) {
  return readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}${name}`);
}

function pathOf(name) {
  return fileURLToPath(new URL(name, ROOT));
}

/** Runs a package's own program. Its messages go to stderr. */
function run(name, program, ...args) {
  const path = resolvePackage(name).replace('package.json', program);
  const { status } = spawnSync(process.execPath, [path, ...args], { stdio: ['ignore', 2, 2] });
  if (status !== 0) end('the sources could not be compiled. Correct what is listed above, then repeat.');
}

function resolvePackage(name) {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return end(`${name} is not installed. Run \`npm ci\`, then repeat.`);
  }
}

function end(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
