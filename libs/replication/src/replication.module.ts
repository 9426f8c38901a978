import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { ReplicatedLog } from './replicated-log.service.js';
import type { ReplicationOptions } from './replication.options.js';
import { REPLICATION_OPTIONS } from './replication.tokens.js';
import { ReplicationController } from './transport/replication.controller.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ReplicationOptions>({
  optionsInjectionToken: REPLICATION_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** One member of a replicated group. The app must listen on Nest's TCP transport at its own address. */
@Module({
  controllers: [ReplicationController],
  providers: [ReplicatedLog],
  exports: [ReplicatedLog],
})
export class ReplicationModule extends ConfigurableModuleClass {}
