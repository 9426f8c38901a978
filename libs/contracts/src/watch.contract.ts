import { IsInt, IsOptional, IsUUID, Min } from 'class-validator';
import { Call } from './call.js';

/**
 * A gateway's way to keep its cache fresh, as one call that it repeats for ever. Each call confirms the changes that the
 * one before it brought, renews the lease, and is answered when there are changes, or after a short while without.
 */
export class WatchCall extends Call {
  /** What the last answer called this watch; absent at first. */
  @IsOptional()
  @IsUUID()
  watch?: string;

  /** `sequence` of the last answer whose changes were taken out of the cache. */
  @IsInt()
  @Min(0)
  confirmed!: number;
}

/** A stock that must not be answered from a cache in an older version than this. */
export interface StockChange {
  readonly name: string;
  readonly version: number;
}

export interface WatchAnswer {
  /** Names the watch. A new name means that changes may have been missed: everything cached before is void. */
  readonly watch: string;
  /**
   * Names the exchange itself; empty before it has stocks. Another one means that the catalog was lost and rebuilt. Its
   * versions began anew, so those of before say nothing of which is newer.
   */
  readonly incarnation: string;
  /**
   * The cache may be used for so long after the call was *sent*. The catalog counts from when it arrived, so its own
   * lease ends later, and no trade is acknowledged before each watch has confirmed it or its lease has ended.
   */
  readonly leaseMs: number;
  readonly sequence: number;
  readonly changes: readonly StockChange[];
}
