import { describe, expect, it } from 'vitest';
import { planFaults, stepsOf } from './fault-plan.js';

const PROCESSES = ['catalog-1', 'order-1', 'order-2', 'order-3', 'frontend-1'];

describe('a plan of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(42, 60_000, PROCESSES)).toEqual(planFaults(42, 60_000, PROCESSES));
    expect(planFaults(42, 60_000, PROCESSES)).not.toEqual(planFaults(43, 60_000, PROCESSES));
  });

  it('hits every process in every way', () => {
    const faults = planFaults(7, 600_000, PROCESSES);
    const kinds = new Set(faults.map(({ process, fault }) => `${process} ${fault}`));
    expect(kinds.size).toBe(PROCESSES.length * 3);
  });

  it.each([1, 2, 3, 4, 5])('with seed %d mends each process before it hits it again, and all in time', (seed) => {
    const isUp = new Map(PROCESSES.map((process) => [process, true]));
    let lastAtMs = 0;
    for (const { atMs, action, process } of stepsOf(planFaults(seed, 30_000, PROCESSES))) {
      expect(atMs).toBeGreaterThanOrEqual(lastAtMs);
      expect(isUp.get(process) || action === 'resume' || action === 'restart').toBe(true);
      isUp.set(process, action === 'resume' || action === 'restart');
      lastAtMs = atMs;
    }
    expect([...isUp.values()]).not.toContain(false);
    expect(lastAtMs).toBeLessThanOrEqual(30_000);
  });

  it('goes on with a single process', () => {
    expect(planFaults(1, 60_000, ['order-1']).length).toBeGreaterThan(5);
  });
});
