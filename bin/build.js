#!/usr/bin/env node
// Builds every app under dist/ in the Nest CLI's layout.   node bin/build.js [--if-stale]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** Holds the fingerprint of the sources that dist/ was built from; absent while dist/ cannot be trusted. */
const STAMP = join(DIST, '.built-from');
const LOCK = join(DIST, '.lock');
/** Why a directory can't be written: a checkout of another user, a read-only or a full file system. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST']);
const APPS = ['cli', 'order', 'catalog', 'frontend'];

// What can't be shown must not end the build, or the command that it is for.
process.stderr.on('error', () => undefined);

/** Builds; resolves to 0, or 1 when that is not possible: the reason is on stderr then. */
export async function build(options) {
  try {
    return await buildUnlessFresh(options);
  } catch (error) {
    if (!UNWRITABLE.has(error.code)) throw error;
    const isThere = existsSync(join(DIST, 'apps', 'cli'));
    process.stderr.write(
      `build: ${isThere && options.ifStale ? 'dist/ is older than the sources, and' : 'dist/'} can't be written (${error.message}). ` +
        'Run `npm run build` as a user who may write there, then repeat.\n',
    );
    return 1;
  }
}

async function buildUnlessFresh({ ifStale }) {
  if (ifStale && isFresh()) return 0;
  const nest = findNestCli();
  if (nest === undefined) return 1;
  await acquireLock();
  try {
    // Somebody else may have built while we waited for the lock.
    if (ifStale && isFresh()) return 0;
    return await buildAll(nest);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function isFresh() {
  // An installed package may come without its sources; what is there is then all there is.
  if (!existsSync(join(ROOT, 'apps'))) return true;
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

/** A hash of all that is compiled: contents and not times, because git gives old files new times. */
function fingerprint() {
  const hash = createHash('sha256');
  const settings = ['nest-cli.json', 'tsconfig.json', 'package-lock.json'].filter((name) =>
    existsSync(join(ROOT, name)),
  );
  for (const path of [...settings, ...sourcesIn('apps'), ...sourcesIn('libs')]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function sourcesIn(directory) {
  return readdirSync(join(ROOT, directory), { recursive: true })
    .filter((path) => /\.ts$|tsconfig[^/]*\.json$/.test(path) && !/\.spec\.ts$/.test(path))
    .map((path) => join(directory, path))
    .sort();
}

async function buildAll(nest) {
  const builtFrom = fingerprint();
  const startedAt = performance.now();
  process.stderr.write(`building ${APPS.join(', ')} …\n`);
  rmSync(STAMP, { force: true });
  const waiting = [...APPS];
  const failed = [];
  const outputs = new Set();
  const work = async () => {
    for (let app = waiting.shift(); app !== undefined; app = waiting.shift()) {
      const { code, output } = await nestBuild(nest, app);
      if (code === 0) continue;
      failed.push(app);
      // What is wrong in a library is wrong in every app: once is enough.
      outputs.add(output.trim());
      waiting.length = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  if (failed.length > 0) {
    process.stderr.write(
      `${[...outputs].join('\n')}\nbuild: ${failed.join(', ')} did not compile. Correct what is listed above and repeat.\n`,
    );
    return 1;
  }
  // Not the sources as they are now: a file that changed during the build may have been read before.
  writeFileSync(STAMP, builtFrom);
  process.stderr.write(`built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return 0;
}

function nestBuild(nest, app) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [nest, 'build', app], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function findNestCli() {
  try {
    return createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
  } catch {
    process.stderr.write('build: the Nest CLI is not installed. Run `npm ci`, then repeat.\n');
    return undefined;
  }
}

/** One build at a time. The lock is a link to a file that already holds our pid, so nobody ever reads it half-written. */
async function acquireLock() {
  mkdirSync(DIST, { recursive: true });
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let told = false; ; told = true) {
      try {
        linkSync(mine, LOCK);
        return;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = holderOfLock();
      if (holder === 'gone') takeAway();
      else if (!told) process.stderr.write(`waiting for the build that process ${holder} runs …\n`);
      await pause(100);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function holderOfLock() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : 'gone';
  }
}

/** Removes the lock of a build that was killed. A rename, because of two who do this at once only one succeeds. */
function takeAway() {
  const aside = `${LOCK}.${process.pid}.dead`;
  try {
    renameSync(LOCK, aside);
    rmSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

const started = process.argv[1];
if (started !== undefined && createRequire(import.meta.url).resolve(started) === fileURLToPath(import.meta.url)) {
  process.exitCode = await build({ ifStale: process.argv.includes('--if-stale') });
}
