import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { startMember, TrafficController } from '@stock-bazaar/contracts';
import { MemberServer, ReplicationModule, SameGroupPipe } from '@stock-bazaar/replication';
import { OrderConfig } from './order.config.js';
import { CatalogClient } from './orders/catalog.client.js';
import { OrderBook } from './orders/order-book.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OrphanSweep } from './recovery/orphan-sweep.js';
import { Recorder } from './recovery/recorder.js';

/** One replica of the durable record of all trades. */
@Module({})
export class OrderModule {
  static forRoot(config: OrderConfig): DynamicModule {
    const orderBook = new OrderBook();
    return {
      module: OrderModule,
      imports: [
        ReplicationModule.forRoot({
          ...config.replicationOptions('order'),
          members: config.orderReplicas,
          stateMachine: orderBook,
        }),
      ],
      controllers: [OrdersController, TrafficController],
      providers: [
        { provide: OrderConfig, useValue: config },
        { provide: OrderBook, useValue: orderBook },
        CatalogClient,
        Recorder,
        OrphanSweep,
        OrdersService,
      ],
    };
  }
}

export function startOrder(config: OrderConfig): Promise<INestMicroservice> {
  return startMember('order', OrderModule.forRoot(config), config, config.orderReplicas, {
    MemberServer,
    SameGroupPipe,
  });
}
