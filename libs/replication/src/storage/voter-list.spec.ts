import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { CorruptData } from '../errors.js';
import { DataDirectoryError } from './data-directory.js';
import { holdToVoters } from './voter-list.js';

const db = new Database(':memory:');

function hold(voters: readonly number[], hasPast: boolean): void {
  holdToVoters(db, 'order-1.db', voters, hasPast);
}

it('accepts any list of voters while there is no entry, and only the last one afterwards', () => {
  hold([1], false);
  hold([3, 1, 2], false);
  hold([1, 2, 3], true);
  for (const voters of [[1], [1, 2, 4], [1, 2, 3, 4, 5]]) {
    const start = (): void => hold(voters, true);
    expect(start).toThrow(DataDirectoryError);
    expect(start).toThrow(/order-1\.db is of a group with the voters 1, 2, 3, and the list names 1.*Start with/);
  }
  hold([2, 3, 1], true);
});

it('accepts the first list for data without one', () => {
  db.exec('DELETE FROM member_list');
  hold([1, 2, 3], true);
  expect(() => hold([1], true)).toThrow(DataDirectoryError);
});

it('refuses a list that was changed on disk', () => {
  db.exec("UPDATE member_list SET ids = '1'");
  expect(() => hold([1], true)).toThrow(CorruptData);
});
