import { Module } from '@nestjs/common';
import { ClusterModule } from '../cluster/cluster.module.js';
import { ClusterFeed } from './cluster-feed.js';
import { StreamController } from './stream.controller.js';
import { StreamsService } from './streams.service.js';
import { TradeFeed } from './trade-feed.js';

@Module({
  imports: [ClusterModule],
  controllers: [StreamController],
  providers: [StreamsService, TradeFeed, ClusterFeed],
  exports: [StreamsService],
})
export class StreamModule {}
