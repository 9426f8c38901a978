import { parseArgs } from 'node:util';
import { simulate } from '../../libs/replication/testing/simulation/simulation.js';

const USAGE = `usage: npm run sim -- [--seeds N] [--start S]     runs the seeds S to S + N - 1 (default 100, from 1)
       npm run sim -- --seed X [--trace]        replays one of them`;

const PROGRESS_EVERY_MS = 10_000;

function main(): number {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      start: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const first = Number(values.seed ?? values.start);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1)
    throw new TypeError('seeds are whole numbers');
  return runAll(first, count, values.trace);
}

function runAll(first: number, count: number, withTrace: boolean): number {
  const startedAt = performance.now();
  const total = { done: 0, readsAtLearners: 0, refused: 0, unknown: 0, applied: 0, terms: 0 };
  let reportAt = startedAt + PROGRESS_EVERY_MS;
  for (let run = 0; run < count; run += 1) {
    const seed = first + run;
    try {
      const summary = simulate(seed, withTrace ? (line) => process.stdout.write(`${line}\n`) : null);
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += summary[key];
    } catch (error) {
      process.stderr.write(
        `seed ${seed} failed after ${run} passed seeds: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.stderr.write(`replay it with: npm run sim -- --seed ${seed} --trace\n`);
      return 1;
    }
    if (performance.now() > reportAt) {
      reportAt += PROGRESS_EVERY_MS;
      process.stderr.write(`${run + 1} of ${count} seeds, ${rate(run + 1, startedAt)} seeds/s\n`);
    }
  }
  process.stdout.write(
    `${count} seeds of 60 simulated seconds hold (${first} to ${first + count - 1}), ${rate(count, startedAt)} seeds/s: ` +
      `${total.done} operations done (${total.readsAtLearners} reads at learners), ${total.refused} refused, ${total.unknown} unknown; ${total.applied} entries, ${total.terms} terms\n`,
  );
  return 0;
}

function rate(seeds: number, startedAt: number): string {
  return ((seeds * 1000) / (performance.now() - startedAt)).toFixed(1);
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 2;
}
