import { ConfigurableModuleBuilder, Logger, Module } from '@nestjs/common';
import { realPorts } from './real-ports.js';
import { ReplicatedLog } from './replicated-log.service.js';
import { ReplicationHealth } from './replication.health.js';
import { completeOptions, nameOf, peersOf, type ReplicationOptions } from './replication.options.js';
import { REPLICATION_OPTIONS, REPLICATION_PORTS } from './replication.tokens.js';
import { ReplicationController } from './transport/replication.controller.js';
import { SameGroupPipe } from './transport/same-group.pipe.js';
import { DroppedMessages } from './transport/dropped-messages.js';
import { TcpTransport } from './transport/tcp-transport.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ReplicationOptions>({
  optionsInjectionToken: REPLICATION_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

function createTransport(options: ReplicationOptions): TcpTransport {
  const complete = completeOptions(options);
  const { group, id, tcp } = complete;
  const dropped = new DroppedMessages(new Logger(nameOf(complete, id)), () => performance.now());
  return new TcpTransport(group, id, peersOf(complete), tcp, dropped);
}

/** One member of a replicated group. The app must listen on Nest's TCP transport at its own address. */
@Module({
  controllers: [ReplicationController],
  providers: [
    { provide: TcpTransport, useFactory: createTransport, inject: [REPLICATION_OPTIONS] },
    {
      provide: REPLICATION_PORTS,
      useFactory: (options: ReplicationOptions, transport: TcpTransport) =>
        realPorts(completeOptions(options), transport),
      inject: [REPLICATION_OPTIONS, TcpTransport],
    },
    ReplicatedLog,
    ReplicationHealth,
    SameGroupPipe,
  ],
  exports: [ReplicatedLog, ReplicationHealth, SameGroupPipe],
})
export class ReplicationModule extends ConfigurableModuleClass {}
