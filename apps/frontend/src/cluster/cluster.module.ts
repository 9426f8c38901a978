import { Module } from '@nestjs/common';
import { CatalogGroup } from './catalog-group.js';
import { ClusterController } from './cluster.controller.js';
import { ClusterService } from './cluster.service.js';
import { OrderGroup } from './order-group.js';

@Module({
  controllers: [ClusterController],
  providers: [CatalogGroup, ClusterService, OrderGroup],
  exports: [CatalogGroup, ClusterService, OrderGroup],
})
export class ClusterModule {}
