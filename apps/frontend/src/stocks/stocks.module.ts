import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { ClusterModule } from '../cluster/cluster.module.js';
import { CacheLease } from './cache-lease.js';
import { HitShortcut } from './hit-shortcut.js';
import { LookupCounts } from './lookup-counts.js';
import { StockCache } from './stock-cache.js';
import { StockStore, StockStoreModule } from './stock-store.js';
import { StocksController } from './stocks.controller.js';
import { StocksService } from './stocks.service.js';
import { WarmUpService } from './warm-up.service.js';

@Module({
  imports: [
    ClusterModule,
    CacheModule.registerAsync({
      imports: [StockStoreModule],
      inject: [StockStore],
      useFactory: ({ keyv }: StockStore) => ({ stores: [keyv] }),
    }),
    StockStoreModule,
  ],
  controllers: [StocksController],
  providers: [StockCache, CacheLease, HitShortcut, LookupCounts, StocksService, WarmUpService],
  exports: [StocksService, CacheLease, LookupCounts, StockStoreModule],
})
export class StocksModule {}
