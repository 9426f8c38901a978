import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ClusterModule } from '../cluster/cluster.module.js';
import { GroupHealth } from './group.health.js';
import { HealthController } from './health.controller.js';

@Module({
  // Its own logger would repeat the line of the error filter for each probe.
  imports: [ClusterModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [GroupHealth],
})
export class HealthModule {}
