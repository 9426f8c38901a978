import { describe, expect, it } from 'vitest';
import type { CoreStatus } from './core/status.js';
import { othersOf } from './replica-status.js';

type Voter = CoreStatus['voters'][number];

/** The lag that a leader with 8 entries reports of a voter. */
function lagOf(voter: Pick<Voter, 'matchIndex' | 'state'>): number | null | undefined {
  const voters = [{ id: 2, nextIndex: 9, lastContactTicks: 0, counts: true, ...voter }];
  return othersOf({ lastIndex: 8, voters, learners: [] }, 10).voters[0]?.lag;
}

describe('the lag of another member', () => {
  it('is unknown to a new leader that has had no answer', () => {
    expect(lagOf({ matchIndex: 0, state: 'probe' })).toBeNull();
  });

  it('is known afterwards, also of a member that has nothing', () => {
    expect(lagOf({ matchIndex: 5, state: 'probe' })).toBe(3);
    expect(lagOf({ matchIndex: 8, state: 'replicate' })).toBe(0);
    expect(lagOf({ matchIndex: 0, state: 'replicate' })).toBe(8);
    expect(lagOf({ matchIndex: 0, state: 'snapshot' })).toBe(8);
  });
});
