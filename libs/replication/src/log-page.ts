import { groupBornWith } from './core/birth.js';
import type { LogReader } from './core/log-reader.js';
import type { Entry } from './core/messages.js';

/**
 * The pattern under which every member answers with a `LogPage` of its own log, leader or not. Takes
 * `{ from: number, limit: number }`.
 */
export const LOG_PATTERN = 'replication.log';

/** One entry of the replicated log on a member's disk. */
export interface LoggedEntry {
  readonly index: number;
  readonly term: number;
  /** The command as JSON text; null for the no-op at the start of a leader's term. */
  readonly command: string | null;
  /** The group's id, only on the entry that created the group. */
  readonly groupId?: string;
}

/** A page of one member's log. */
export interface LogPage {
  readonly group: string;
  readonly id: number;
  /** Index of the oldest entry kept; earlier ones were applied and deleted. `lastIndex + 1` if none is kept. */
  readonly firstIndex: number;
  /** Index of the last entry on this member's disk. */
  readonly lastIndex: number;
  /** Index of the last committed entry. A later leader may still replace entries above it. */
  readonly commitIndex: number;
  /** Entries from the requested index on, or from `firstIndex` if that is larger. May be fewer than requested although more follow. */
  readonly entries: readonly LoggedEntry[];
}

/** Maximum number of entries in a page. */
const MAX_ENTRIES = 1000;
/** Maximum total length of their commands, in UTF-16 units. */
const MAX_BYTES = 256 * 1024;

/** Reads a bounded page. The request comes from outside, so numbers out of range are clamped. */
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
