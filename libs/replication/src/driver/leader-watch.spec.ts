import { describe, expect, it } from 'vitest';
import type { Message } from '../core/messages.js';
import { LeaderWatch } from './leader-watch.js';

function append(term: number, commitIndex: number): Message {
  const rest = { prevIndex: 0, prevTerm: 0, entries: [], round: 1, amnesia: false, recovered: null };
  return { type: 'append', from: 1, to: 2, term, commitIndex, ...rest };
}

describe('the watch of a leader', () => {
  it('has seen nothing at first', () => {
    const watch = new LeaderWatch(() => 5);
    expect([watch.lastContactMs, watch.commitIndex]).toEqual([null, 0]);
  });

  it('records the time of the last message, and the highest commit index', () => {
    let now = 1000;
    const watch = new LeaderWatch(() => now);
    watch.see([append(3, 7), append(3, 5)], 3);
    now = 1040.4;
    expect([watch.lastContactMs, watch.commitIndex]).toEqual([40, 7]);
  });

  it('ignores candidates and deposed leaders', () => {
    const watch = new LeaderWatch(() => 0);
    watch.see([{ type: 'preVoteRequest', from: 1, to: 2, term: 9, lastIndex: 0, lastTerm: 0 }, append(2, 7)], 3);
    expect([watch.lastContactMs, watch.commitIndex]).toEqual([null, 0]);
  });
});
