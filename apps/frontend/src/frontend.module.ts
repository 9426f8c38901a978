import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { createCallPipe } from '#service-kit';
import { ClusterModule } from './cluster/cluster.module.js';
import { ErrorFilter } from './errors/error.filter.js';
import { FrontendConfig } from './frontend.config.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { GatewayServer } from './server/gateway-server.js';
import { InheritedNamesPipe } from './server/inherited-names.pipe.js';
import { StocksModule } from './stocks/stocks.module.js';
import { StreamModule } from './stream/stream.module.js';

@Module({})
export class FrontendModule {
  static forRoot(config: FrontendConfig, server: GatewayServer): DynamicModule {
    return {
      module: FrontendModule,
      global: true,
      imports: [ClusterModule, StocksModule, OrdersModule, StreamModule, HealthModule, MetricsModule],
      providers: [
        { provide: FrontendConfig, useValue: config },
        { provide: GatewayServer, useValue: server },
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_PIPE, useClass: InheritedNamesPipe },
        { provide: APP_PIPE, useFactory: createCallPipe },
      ],
      exports: [FrontendConfig, GatewayServer],
    };
  }
}
