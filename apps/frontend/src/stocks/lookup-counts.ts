import { Injectable } from '@nestjs/common';
import type { CacheResult } from './stocks.service.js';

/** Counts lookups since the start by where the answer came from, without those of the warm-up. */
@Injectable()
export class LookupCounts {
  private readonly counts: Record<CacheResult, number> = { HIT: 0, MISS: 0, BYPASS: 0, STALE: 0 };

  count(result: CacheResult): void {
    this.counts[result] += 1;
  }

  entries(): readonly (readonly [CacheResult, number])[] {
    return Object.entries(this.counts) as [CacheResult, number][];
  }
}
