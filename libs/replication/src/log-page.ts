import { groupBornWith } from './core/birth.js';
import type { LogReader } from './core/log-reader.js';
import type { Entry } from './core/messages.js';

/**
 * The pattern under which every member answers with a `LogPage` of its own log, leader or not. Takes
 * `{ from: number, limit: number }`.
 */
export const LOG_PATTERN = 'replication.log';

/** One entry of the replicated log, as it is on a member's disk. */
export interface LoggedEntry {
  readonly index: number;
  readonly term: number;
  /** The command as JSON text; null for the no-op with which a leader begins its term. */
  readonly command: string | null;
  /** Only on the entry with which the group was born: its id. */
  readonly groupId?: string;
}

/** A part of one member's log. */
export interface LogPage {
  readonly group: string;
  readonly id: number;
  /** Index of the oldest entry that is kept; those before it were applied and deleted. `lastIndex + 1` when none is kept. */
  readonly firstIndex: number;
  /** Index of the last entry on this member's disk. */
  readonly lastIndex: number;
  /** Entries above this one may still be replaced by a later leader. */
  readonly commitIndex: number;
  /** From the index that was asked for, or from `firstIndex` when that is gone. May be fewer than asked for although more follow. */
  readonly entries: readonly LoggedEntry[];
}

/** Maximum number of entries in a page. */
const MAX_ENTRIES = 1000;
/** Maximum length of their commands together, in UTF-16 units. */
const MAX_BYTES = 256 * 1024;

/** Reads a bounded page. The request comes from outside, so numbers out of range are moved to the nearest one in it. */
export function readLogPage(storage: LogReader, from: unknown, limit: unknown): readonly LoggedEntry[] {
  const { firstIndex, lastIndex } = storage;
  const start = Math.max(firstIndex, wholeOr(from, firstIndex));
  const end = Math.min(lastIndex, start + Math.min(MAX_ENTRIES, Math.max(1, wholeOr(limit, MAX_ENTRIES))) - 1);
  if (start > end) return [];
  return storage.entries(start, end, MAX_BYTES).map(logged);
}

function logged(entry: Entry): LoggedEntry {
  const { index, term, data } = entry;
  const groupId = groupBornWith(entry);
  return groupId === undefined ? { index, term, command: data } : { index, term, command: null, groupId };
}

function wholeOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : fallback;
}
