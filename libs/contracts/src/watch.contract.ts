import { IsInt, IsOptional, IsUUID, Min } from 'class-validator';
import { Call } from './call.js';

/**
 * A gateway's way to keep its cache fresh, as one call that it repeats for ever. Each call confirms the changes that the
 * one before it brought, renews the lease, and is answered when there are changes, or after a short while without.
 */
export class WatchCall extends Call {
  /** The name of this watch in the last answer; absent at first. */
  @IsOptional()
  @IsUUID()
  watch?: string;

  /** `sequence` of the last answer whose changes were taken out of the cache. */
  @IsInt()
  @Min(0)
  confirmed!: number;
}

export interface WatchAnswer {
  /** Names the watch. A new name means that changes may have been missed: everything cached before is void. */
  readonly watch: string;
  /**
   * How long the cache may be used after the call was *sent*, in milliseconds; 0 while this catalog holds no read lease. The catalog counts
   * from when the call arrived, and takes no lease longer than its own, so its account ends later. No trade is acknowledged
   * before each watch has confirmed it or its lease has ended.
   */
  readonly leaseMs: number;
  readonly sequence: number;
  /** Names of stocks that must not be answered from a cache any more: a trade of them is about to take effect. */
  readonly changes: readonly string[];
}
