import { Module } from '@nestjs/common';
import { ClusterController } from './cluster.controller.js';
import { ClusterService } from './cluster.service.js';
import { ExchangeGroup } from './exchange-group.js';

@Module({
  controllers: [ClusterController],
  providers: [ClusterService, ExchangeGroup],
  exports: [ClusterService, ExchangeGroup],
})
export class ClusterModule {}
