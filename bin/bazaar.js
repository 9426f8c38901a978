#!/usr/bin/env node
// The command line. A demo runs what the sources say now, so it compiles what has changed; so does the first command of all.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const main = new URL('dist/apps/cli/main.js', root);
const isDemo = process.argv[2] === 'demo';

if ((isDemo || !existsSync(main)) && existsSync(new URL('apps', root))) build();
try {
  await import(main.href);
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  end(`a package is missing (${error.message}). Run \`npm ci\`, then repeat.`);
}

function build() {
  if (!existsSync(main)) process.stderr.write('compiling; this takes some seconds …\n');
  const script = fileURLToPath(new URL('bin/build.js', root));
  const { status } = spawnSync(process.execPath, [script, 'apps/tsconfig.build.json'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) end("it can't start before it is built. What stands in the way is above.");
}

function end(why) {
  process.stderr.write(`bazaar: ${why}\n`);
  process.exit(1);
}
