import { Injectable, Module } from '@nestjs/common';
import { createKeyv, KeyvCacheableMemory } from 'cacheable';
import type { Keyv } from 'keyv';
import { FrontendConfig } from '../frontend.config.js';

/** The LRU behind the cache, and how full it is. */
@Injectable()
export class StockStore {
  /** No ttl: a stock that is too old is still good for a STALE answer. */
  readonly keyv: Keyv;
  evictions = 0;
  private readonly memory: KeyvCacheableMemory['store'];

  constructor({ cacheSize }: FrontendConfig) {
    // One map: choosing among its usual sixteen by a hash costs more than all the rest of a hit.
    this.keyv = createKeyv({ lruSize: cacheSize, useClone: false, storeHashSize: 1 });
    this.memory = (this.keyv.store as KeyvCacheableMemory).store;
    this.countEvictions();
  }

  get size(): number {
    return this.memory.size;
  }

  /** The store does not tell: an eviction is what it deletes in the middle of a `set`. All of its hooks are synchronous. */
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

/** For the module that makes the cache of it. */
@Module({ providers: [StockStore], exports: [StockStore] })
export class StockStoreModule {}
