import { IsInt, IsOptional, IsUUID, Min } from 'class-validator';
import { Call } from './call.js';

/**
 * Keeps a gateway's cache fresh. The gateway repeats this call for ever: each call confirms the changes in the previous
 * answer, renews the lease, and is answered when there are changes, or after a short while without any.
 */
export class WatchCall extends Call {
  /** The `watch` of the last answer; absent in the first call. */
  @IsOptional()
  @IsUUID()
  watch?: string;

  /** The `sequence` of the last answer whose changes were dropped from the cache. */
  @IsInt()
  @Min(0)
  confirmed!: number;
}

export interface WatchAnswer {
  /** Identifies the watch. A new value means that changes may have been missed, so everything cached before is invalid. */
  readonly watch: string;
  /**
   * How long the cache may be used after the call was *sent*, in milliseconds; 0 while this catalog holds no read lease. The
   * catalog counts from the arrival of the call, so its own count ends later, but never after its read lease. No trade is
   * acknowledged before each watch has confirmed it or its lease has ended.
   */
  readonly leaseMs: number;
  readonly sequence: number;
  /** Names of stocks to drop from the cache, because a trade of them is about to take effect. */
  readonly changes: readonly string[];
}
