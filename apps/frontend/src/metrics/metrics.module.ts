import { Module } from '@nestjs/common';
import { ClusterModule } from '../cluster/cluster.module.js';
import { StocksModule } from '../stocks/stocks.module.js';
import { StreamModule } from '../stream/stream.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

@Module({
  imports: [ClusterModule, StocksModule, StreamModule],
  controllers: [MetricsController],
  providers: [MetricsService],
})
export class MetricsModule {}
