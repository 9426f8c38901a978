import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CorruptData } from '../errors.js';
import { checksum } from './checksum.js';
import { LogTable } from './log-table.js';

const LENGTH = 2500;

let db: Database.Database;

/** Writes a log whose first three entries have term 2, and the others term 4. */
beforeEach(() => {
  db = new Database(':memory:');
  const entries = Array.from({ length: LENGTH }, (_, i) => ({
    index: i + 1,
    term: i < 3 ? 2 : 4,
    data: i === 3 ? null : String(i),
  }));
  new LogTable(db, 'order-1.db').append(entries);
});
afterEach(() => db.close());

function load(edgeIndex = 0, edgeTerm = 0): LogTable {
  const log = new LogTable(db, 'order-1.db');
  log.load(edgeIndex, edgeTerm);
  return log;
}

describe('a log that is loaded', () => {
  it('knows its range and its terms', () => {
    const log = load();
    expect([log.firstIndex, log.lastIndex]).toEqual([1, LENGTH]);
    expect([0, 1, 3, 4, LENGTH, LENGTH + 1].map((index) => log.termAt(index))).toEqual([0, 2, 2, 4, 4, undefined]);
  });

  it.each([
    ['DELETE FROM log WHERE idx <= 2000', 2000, 4, [2001, LENGTH]],
    ['DELETE FROM log', 3000, 5, [3001, 3000]],
    ['DELETE FROM log WHERE idx > 2000', 0, 0, [1, 2000]],
  ])('may lack forgotten entries: %s', (sql, edgeIndex, edgeTerm, extent) => {
    db.exec(sql);
    const log = load(edgeIndex, edgeTerm);
    expect([log.firstIndex, log.lastIndex]).toEqual(extent);
    expect(log.termAt(edgeIndex)).toBe(edgeTerm);
  });

  it.each([
    [`UPDATE log SET term = term + 1 WHERE idx = ${LENGTH}`, `entry ${LENGTH} does not match its checksum`],
    ['UPDATE log SET term = term + 1 WHERE idx = 2', 'entry 2 does not match its checksum'],
    ["UPDATE log SET data = 'x' WHERE idx = 1200", 'entry 1200 does not match its checksum'],
    ['DELETE FROM log WHERE idx = 1300', 'should hold entry 1300 next, but holds 1301'],
    ['DELETE FROM log WHERE idx = 1', 'should hold entry 1 next, but holds 2'],
    ['UPDATE log SET idx = -1 WHERE idx = 1', 'should hold entry 1 next, but holds -1'],
    [`UPDATE log SET term = 3, checksum = ${checksum(7, 3, '6')} WHERE idx = 7`, 'falls from 4 to 3 at log entry 7'],
  ])('is refused when a row was changed: %s', (sql, message) => {
    db.exec(sql);
    expect(() => load()).toThrow(CorruptData);
    expect(() => load()).toThrow(message);
  });

  it('does not begin below the term of the forgotten entries', () => {
    db.exec('DELETE FROM log WHERE idx <= 10');
    expect(() => load(10, 5)).toThrow('falls from 5 to 4 at log entry 11');
  });
});
