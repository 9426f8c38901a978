import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { startMember, TrafficController } from '#service-kit';
import { Exchange, OwnStateController } from '#exchange';
import { ReplicationModule } from '#replication';
import { OrderConfig } from './order.config.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';

/** One order replica: a voter of the exchange group. */
@Module({})
export class OrderModule {
  static forRoot(config: OrderConfig): DynamicModule {
    const exchange = new Exchange();
    return {
      module: OrderModule,
      imports: [ReplicationModule.forRoot({ ...config.replicationOptions(), stateMachine: exchange })],
      controllers: [OrdersController, OwnStateController, TrafficController],
      providers: [{ provide: OrderConfig, useValue: config }, { provide: Exchange, useValue: exchange }, OrdersService],
    };
  }
}

export function startOrder(config: OrderConfig): Promise<INestMicroservice> {
  return startMember(OrderModule.forRoot(config), config);
}
