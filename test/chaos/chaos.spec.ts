import { expect, it } from 'vitest';
import { ChaosRun } from './chaos-run.js';

/** Few by default; a long run by hand: CHAOS_ROUNDS=60 npx vitest run test/chaos */
const rounds = Number(process.env['CHAOS_ROUNDS'] ?? 8);
/** Another one each time, so that every run of the suite looks somewhere new. */
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const BOUND_PER_ROUND_MS = 60_000;

it(
  `loses, doubles and renumbers nothing in ${rounds} rounds of killing, freezing and restarting replicas (seed ${seed})`,
  async () => {
    const run = new ChaosRun(seed, rounds, rounds > 20 ? (line) => process.stderr.write(`${line}\n`) : undefined);
    const replay = `replay it with: CHAOS_SEED=${seed} CHAOS_ROUNDS=${rounds} npx vitest run test/chaos`;
    const faults = await run.run().catch((error: unknown) => [String(error)]);
    expect(faults.slice(0, 20), `${replay}\n${run.story.join('\n')}`).toEqual([]);
  },
  (rounds + 2) * BOUND_PER_ROUND_MS,
);
