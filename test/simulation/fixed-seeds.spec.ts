import { describe, expect, it } from 'vitest';
import { simulate } from '../../libs/replication/testing/simulation/simulation.js';

// For every day. `npm run sim -- --seeds 100000` runs more.
const SEEDS = 100;

describe('the replication core under simulated faults', () => {
  it(`holds every property with the seeds 1 to ${SEEDS}`, { timeout: 120_000 }, () => {
    let done = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      try {
        done += simulate(seed).done;
      } catch (error) {
        throw new Error(`seed ${seed}; replay with: npm run sim -- --seed ${seed} --trace`, { cause: error });
      }
    }
    // A simulation in which nothing happens proves nothing.
    expect(done).toBeGreaterThan(SEEDS * 100);
  });

  it('repeats a run with the same seed', () => {
    const lines = [0, 1].map(() => {
      const trace: string[] = [];
      simulate(3, (line) => trace.push(line));
      return trace.join('\n');
    });
    expect(lines[0]).toBe(lines[1]);
  });
});
