import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { createKeyv } from 'cacheable';
import { ClusterModule } from '../cluster/cluster.module.js';
import { FrontendConfig } from '../frontend.config.js';
import { CacheLease } from './cache-lease.js';
import { StockCache } from './stock-cache.js';
import { StocksController } from './stocks.controller.js';
import { StocksService } from './stocks.service.js';
import { WarmUpService } from './warm-up.service.js';

@Module({
  imports: [
    ClusterModule,
    CacheModule.registerAsync({
      inject: [FrontendConfig],
      // No ttl in the store: a stock that is too old is still good for a STALE answer. The LRU bounds it.
      useFactory: ({ cacheSize }: FrontendConfig) => ({
        stores: [createKeyv({ lruSize: cacheSize, useClone: false })],
      }),
    }),
  ],
  controllers: [StocksController],
  providers: [StockCache, CacheLease, StocksService, WarmUpService],
  exports: [StocksService, CacheLease],
})
export class StocksModule {}
