// Preloaded into a process by `--import`: does the slow part of a start, and then waits for a file.
import { existsSync, writeFileSync } from 'node:fs';

const { LATE_START_MODULE: module = '', LATE_START_GATE: gate = '' } = process.env;
await import(module);
writeFileSync(`${gate}.ready`, '');
const clock = new Int32Array(new SharedArrayBuffer(4));
while (!existsSync(gate)) Atomics.wait(clock, 0, 0, 2);
