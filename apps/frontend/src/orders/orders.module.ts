import { Module } from '@nestjs/common';
import { ClusterModule } from '../cluster/cluster.module.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { TradesController } from './trades.controller.js';

@Module({
  imports: [ClusterModule],
  controllers: [OrdersController, TradesController],
  providers: [OrdersService],
})
export class OrdersModule {}
