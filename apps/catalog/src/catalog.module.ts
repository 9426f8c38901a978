import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { startMember, TrafficController } from '@stock-bazaar/contracts';
import { MemberServer, ReplicationModule, SameGroupPipe } from '@stock-bazaar/replication';
import { CatalogConfig } from './catalog.config.js';
import { SeedingService } from './stocks/seeding.service.js';
import { StockBook } from './stocks/stock-book.js';
import { StocksController } from './stocks/stocks.controller.js';
import { StocksService } from './stocks/stocks.service.js';
import { WatchesController } from './subscriptions/watches.controller.js';
import { WatchesService } from './subscriptions/watches.service.js';

/** Owns each stock's price, quantity and volume, and decides each trade. */
@Module({})
export class CatalogModule {
  static forRoot(config: CatalogConfig): DynamicModule {
    const stockBook = new StockBook();
    return {
      module: CatalogModule,
      imports: [
        ReplicationModule.forRoot({
          ...config.replicationOptions('catalog'),
          members: config.catalogReplicas,
          stateMachine: stockBook,
        }),
      ],
      controllers: [StocksController, WatchesController, TrafficController],
      providers: [
        { provide: CatalogConfig, useValue: config },
        { provide: StockBook, useValue: stockBook },
        StocksService,
        WatchesService,
        SeedingService,
      ],
    };
  }
}

export function startCatalog(config: CatalogConfig): Promise<INestMicroservice> {
  return startMember('catalog', CatalogModule.forRoot(config), config, config.catalogReplicas, {
    MemberServer,
    SameGroupPipe,
  });
}
