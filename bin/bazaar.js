#!/usr/bin/env node
// The command line: builds what is missing or out of date, then runs it in this very process.
import { build } from './build.js';

const code = await build({ ifStale: true });
if (code === 0) await runCommandLine();
else process.exitCode = code;

async function runCommandLine() {
  try {
    await import('../dist/apps/cli/apps/cli/src/main.js');
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write(`bazaar: a package is missing (${error.message}). Run \`npm ci\`, then repeat.\n`);
    process.exitCode = 1;
  }
}
