import type { Entry } from './messages.js';

/**
 * The core's view of the stored log. Synchronous, and a plain function of what was persisted, so that the
 * core stays deterministic. The core keeps what is not yet durable itself.
 */
export interface LogReader {
  /** Index of the oldest entry still kept; `lastIndex + 1` when none is. */
  readonly firstIndex: number;
  /** Index of the last durable entry, or of the snapshot when no entry follows it; 0 for an empty log. */
  readonly lastIndex: number;
  /** Term of a kept entry, or of the snapshot's edge `firstIndex - 1`; 0 at index 0; undefined where unknown. */
  termAt(index: number): number | undefined;
  /** Kept entries from `from` to `to` inclusive, cut at `maxBytes` of data but never empty when `from` is kept. */
  entries(from: number, to: number, maxBytes: number): readonly Entry[];
}
