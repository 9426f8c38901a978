import { Injectable, Module } from '@nestjs/common';
import { createKeyv, KeyvCacheableMemory } from 'cacheable';
import type { Keyv } from 'keyv';
import { FrontendConfig } from '../frontend.config.js';

/** The LRU store behind the cache, with its size and number of evictions. */
@Injectable()
export class StockStore {
  /** Without a ttl: an expired stock is still good for a `STALE` answer. */
  readonly keyv: Keyv;
  evictions = 0;
  private readonly memory: KeyvCacheableMemory['store'];

  constructor({ cacheSize }: FrontendConfig) {
    // One map: choosing one of the default sixteen by a hash costs more than the rest of a hit (test/bench/RESULTS.md).
    this.keyv = createKeyv({ lruSize: cacheSize, useClone: false, storeHashSize: 1 });
    this.memory = (this.keyv.store as KeyvCacheableMemory).store;
    this.countEvictions();
  }

  get size(): number {
    return this.memory.size;
  }

  /** The store reports no evictions, but it deletes the evicted entry during a `set`. All of its hooks are synchronous. */
  private countEvictions(): void {
    let isSetting = false;
    this.memory.onHook('BEFORE_SET', () => {
      isSetting = true;
    });
    this.memory.onHook('AFTER_DELETE', () => {
      if (isSetting) this.evictions += 1;
    });
    this.memory.onHook('AFTER_SET', () => {
      isSetting = false;
    });
  }
}

/** Provides the store to `CacheModule`, whose factory runs before the providers of `StocksModule`. */
@Module({ providers: [StockStore], exports: [StockStore] })
export class StockStoreModule {}
