import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { startMember, TrafficController } from '#service-kit';
import { Exchange, OwnStateController, type ExchangeCommand } from '#exchange';
import { ReplicationModule } from '#replication';
import { CatalogConfig } from './catalog.config.js';
import { FirstStocksService } from './stocks/first-stocks.service.js';
import { StocksController } from './stocks/stocks.controller.js';
import { StocksService } from './stocks/stocks.service.js';
import { WatchesController } from './watches/watches.controller.js';
import { TradesController } from './trades/trades.controller.js';
import { TradesService } from './trades/trades.service.js';
import { Watches } from './watches/watches.js';

/** One catalog: a learner of the exchange group, which answers lookups and keeps the gateways' caches coherent. */
@Module({})
export class CatalogModule {
  static forRoot(config: CatalogConfig): DynamicModule {
    const exchange = new Exchange();
    const watches = new Watches();
    return {
      module: CatalogModule,
      imports: [
        ReplicationModule.forRoot({
          ...config.replicationOptions(),
          stateMachine: exchange,
          onReceived: (commands: readonly ExchangeCommand[]) => watches.release(commands),
        }),
      ],
      controllers: [StocksController, TradesController, WatchesController, OwnStateController, TrafficController],
      providers: [
        { provide: CatalogConfig, useValue: config },
        { provide: Exchange, useValue: exchange },
        { provide: Watches, useValue: watches },
        StocksService,
        TradesService,
        FirstStocksService,
      ],
    };
  }
}

export function startCatalog(config: CatalogConfig): Promise<INestMicroservice> {
  return startMember(CatalogModule.forRoot(config), config);
}
