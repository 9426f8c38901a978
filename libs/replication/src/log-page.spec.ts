import { describe, expect, it } from 'vitest';
import { birthOf } from './core/birth.js';
import type { LogReader } from './core/log-reader.js';
import { readLogPage } from './log-page.js';

/** A log with the entries 11 to 3000; earlier ones are no longer kept. */
const log: LogReader = {
  firstIndex: 11,
  lastIndex: 3000,
  termAt: () => 2,
  entries: (from, to) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      index: from + i,
      term: 2,
      data: from + i === 12 ? null : `"c${from + i}"`,
    })),
};

function indexes(from: unknown, limit: unknown): readonly number[] {
  return readLogPage(log, from, limit).map(({ index }) => index);
}

describe('a page of the log', () => {
  it('contains commands unchanged, and null for a no-op', () => {
    expect(readLogPage(log, 11, 2)).toEqual([
      { index: 11, term: 2, command: '"c11"' },
      { index: 12, term: 2, command: null },
    ]);
  });

  it('names the group at its first entry', () => {
    const born: LogReader = { ...log, firstIndex: 1, entries: () => [{ index: 1, term: 1, data: birthOf('g') }] };
    expect(readLogPage(born, 1, 1)).toEqual([{ index: 1, term: 1, command: null, groupId: 'g' }]);
  });

  it('begins with the oldest entry kept, and ends with the last', () => {
    expect(indexes(1, 2)).toEqual([11, 12]);
    expect(indexes(2999, 50)).toEqual([2999, 3000]);
    expect(indexes(3001, 50)).toEqual([]);
  });

  it.each([[100_000], [-1], ['many'], [undefined], [Infinity]])('is bounded if %s entries are requested', (limit) => {
    expect(indexes(11, limit).length).toBeGreaterThanOrEqual(1);
    expect(indexes(11, limit).length).toBeLessThanOrEqual(1000);
  });

  it.each([[undefined], ['x'], [1.5], [NaN]])('begins at the oldest entry if requested from %s', (from) => {
    expect(indexes(from, 1)).toEqual([11]);
  });

  it('is empty if nothing is kept', () => {
    expect(readLogPage({ ...log, firstIndex: 3001 }, 1, 10)).toEqual([]);
  });
});
