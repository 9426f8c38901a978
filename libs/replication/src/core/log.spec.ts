import { describe, expect, it } from 'vitest';
import type { LogReader } from './log-reader.js';
import { Log } from './log.js';
import type { Entry } from './messages.js';

const entry = (index: number, term: number, data: string | null = 'x'): Entry => ({ index, term, data });

/** A stored log of entries with these terms, after a snapshot up to `edge`. */
function stored(terms: readonly number[], edge = { index: 0, term: 0 }): LogReader {
  const first = edge.index + 1;
  return {
    firstIndex: first,
    lastIndex: edge.index + terms.length,
    termAt: (index) => (index === edge.index ? edge.term : terms[index - first]),
    entries: (from, to) => terms.slice(from - first, to - first + 1).map((term, at) => entry(from + at, term)),
  };
}

describe('Log', () => {
  it('consists of stored entries and a tail that is not durable', () => {
    const log = new Log(stored([1, 1]), 0);
    log.append(entry(3, 2));
    expect([log.lastIndex, log.lastTerm, log.durableIndex]).toEqual([3, 2, 2]);
    expect([0, 1, 2, 3, 4].map((index) => log.termAt(index))).toEqual([0, 1, 1, 2, undefined]);
  });

  it('counts an entry as durable only once the write has returned', () => {
    const log = new Log(stored([]), 0);
    log.append(entry(1, 1));
    expect(log.startWrite()).toEqual([entry(1, 1)]);
    log.append(entry(2, 1));
    expect(log.durableIndex).toBe(0);
    log.writeReturned();
    expect(log.durableIndex).toBe(1);
    expect(log.startWrite()).toEqual([entry(2, 1)]);
  });

  it('keeps entries that agree, and cuts from the first conflict on', () => {
    const log = new Log(stored([1, 1, 2]), 0);
    log.take([entry(1, 1), entry(2, 1)]);
    expect([log.lastIndex, log.hasUnwritten()]).toEqual([3, false]);
    log.take([entry(2, 1), entry(3, 3)]);
    expect([log.lastIndex, log.lastTerm, log.durableIndex]).toEqual([3, 3, 2]);
    expect(log.startWrite()).toEqual([entry(3, 3)]);
  });

  it('does not count the part of a write that was cut meanwhile', () => {
    const log = new Log(stored([1]), 0);
    log.take([entry(2, 1), entry(3, 1)]);
    log.startWrite();
    log.take([entry(3, 2), entry(4, 2)]);
    log.writeReturned();
    expect(log.durableIndex).toBe(2);
    expect(log.startWrite().map(({ index }) => index)).toEqual([3, 4]);
  });

  it('refuses to cut committed entries, to leave gaps, and to let terms fall', () => {
    const log = new Log(stored([1, 2]), 2);
    expect(() => log.take([entry(2, 3)])).toThrow('committed entries are never cut: {"cut":2,"commit":2}');
    expect(() => log.append(entry(4, 2))).toThrow('no gaps');
    expect(() => log.append(entry(3, 1))).toThrow('terms never fall');
    expect(() => log.settleTo(3)).toThrow('only what is in the log commits');
  });

  it('applies committed and durable entries, each once', () => {
    const log = new Log(stored([1]), 0);
    log.append(entry(2, 1));
    log.settleTo(2);
    expect(log.takeUnapplied(10, 100).map(({ index }) => index)).toEqual([1]);
    expect(log.hasUnapplied()).toBe(false);
    log.startWrite();
    log.writeReturned();
    // The reader of this test never contains entry 2, so only the index is checked.
    expect(log.hasUnapplied()).toBe(true);
  });

  it('finds where two logs may agree by skipping whole terms', () => {
    const log = new Log(stored([1, 1, 4, 4, 5, 6]), 0);
    expect(log.lastIndexUpToTerm(4, 0, 6)).toBe(4);
    expect(log.lastIndexUpToTerm(3, 0, 6)).toBe(2);
    expect(log.lastIndexUpToTerm(9, 0, 3)).toBe(3);
    expect(log.lastIndexUpToTerm(0, 0, 6)).toBe(0);
  });

  it('cuts a batch at its limits, but never to nothing', () => {
    const log = new Log(stored([]), 0);
    for (let index = 1; index <= 4; index += 1) log.append(entry(index, 1, 'four'));
    expect(log.entries(1, 3, 1000)).toHaveLength(3);
    expect(log.entries(1, 10, 9)).toHaveLength(2);
    expect(log.entries(2, 10, 1)).toEqual([entry(2, 1, 'four')]);
    expect(log.entries(5, 10, 1000)).toEqual([]);
  });

  it('continues after a snapshot', () => {
    const log = new Log(stored([], { index: 0, term: 0 }), 0);
    log.append(entry(1, 1));
    log.replacedBySnapshot(7);
    expect([log.commitIndex, log.appliedIndex, log.durableIndex, log.lastIndex]).toEqual([7, 7, 7, 7]);
    expect(log.hasUnwritten()).toBe(false);
  });

  it.each([
    ['shorter', 2, 2, false],
    ['same', 3, 2, true],
    ['longer', 4, 2, true],
    ['longer but of a lower term', 9, 1, false],
    ['shorter but of a higher term', 1, 3, true],
  ])('votes by the last entry: %s', (_, lastIndex, lastTerm, covered) => {
    expect(new Log(stored([1, 2, 2]), 0).isCoveredBy(lastIndex, lastTerm)).toBe(covered);
  });
});
