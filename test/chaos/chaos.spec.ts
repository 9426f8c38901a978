import { expect, it } from 'vitest';
import { ChaosRun, type ChaosPlan } from './chaos-run.js';

/*
 * Short by default. A long run by hand, with its progress on stderr:
 *   CHAOS_MINUTES=30 CHAOS_CATALOGS=2 npx vitest run test/chaos/chaos.spec.ts
 */
const minutes = numberFrom('CHAOS_MINUTES');
const rounds = numberFrom('CHAOS_ROUNDS') ?? (minutes === undefined ? 4 : Infinity);
/** Another one each time, so that every run of the suite looks somewhere new. */
const seed = numberFrom('CHAOS_SEED') ?? Date.now() % 1_000_000;
const frontends = numberFrom('CHAOS_FRONTENDS') ?? 2;
const catalogs = numberFrom('CHAOS_CATALOGS');
const BOUND_PER_ROUND_MS = 120_000;
/** For the start, the last round and the last verdict. */
const MORE_MS = 300_000;

it.each(catalogs === undefined ? [1, 2] : [catalogs])(
  `loses, doubles, renumbers and hides nothing under faults at random, catalogs: %d (seed ${seed})`,
  async (members) => {
    const plan: ChaosPlan = { seed, rounds, minutes: minutes ?? Infinity, frontends, catalogs: members };
    const isLong = minutes !== undefined || rounds > 20;
    const run = new ChaosRun(plan, isLong ? (line) => process.stderr.write(`${line}\n`) : undefined);
    const faults = await run.run().catch((error: unknown) => [String(error)]);
    const settings = `CHAOS_SEED=${seed} CHAOS_ROUNDS=${run.round} CHAOS_CATALOGS=${members} CHAOS_FRONTENDS=${frontends}`;
    expect(faults, `try it again with: ${settings} npx vitest run test/chaos\n${run.story.join('\n')}`).toEqual([]);
  },
  Math.min(rounds * BOUND_PER_ROUND_MS, (minutes ?? Infinity) * 60_000) + MORE_MS,
);

function numberFrom(name: string): number | undefined {
  const value = process.env[name];
  return value === undefined ? undefined : Number(value);
}
