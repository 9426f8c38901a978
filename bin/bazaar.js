#!/usr/bin/env node
// The command line: builds what is missing or out of date, then runs it in this very process.
import { build } from './build.js';

const code = await build({ ifStale: true });
if (code === 0) await import('../dist/apps/cli/apps/cli/src/main.js');
else process.exitCode = code;
