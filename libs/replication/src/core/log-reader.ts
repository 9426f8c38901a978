import type { Entry } from './messages.js';

/**
 * The core's view of the stored log. It is synchronous and depends only on what was persisted, so that the core stays
 * deterministic. The core itself keeps entries that are not durable yet.
 */
export interface LogReader {
  /** Index of the oldest entry still kept; `lastIndex + 1` if none is. */
  readonly firstIndex: number;
  /** Index of the last durable entry, or of the snapshot when no entry follows it; 0 for an empty log. */
  readonly lastIndex: number;
  /** Returns the term of a kept entry, or of the snapshot's edge `firstIndex - 1`; 0 at index 0; undefined where unknown. */
  termAt(index: number): number | undefined;
  /** Returns kept entries from `from` to `to` inclusive, cut at `maxBytes` of data but never empty if `from` is kept. */
  entries(from: number, to: number, maxBytes: number): readonly Entry[];
}
