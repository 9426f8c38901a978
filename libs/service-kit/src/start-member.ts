import { Logger, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { MemberServer, SameGroupPipe } from '#replication';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { MemberConfig } from './config/process.config.js';
import { createCallPipe } from './calls/call.pipe.js';
import { RpcErrorFilter } from './calls/rpc-error.filter.js';
import { createLogger } from './log/logger.js';
import { tcpServerOptions } from './tcp/tcp.js';

/**
 * Starts an app that is a member of the exchange group, listening on TCP at its own address in the group's list. Resolves
 * once it listens. Rejects on failure, without ending the process.
 */
export async function startMember(module: DynamicModule, config: MemberConfig): Promise<INestMicroservice> {
  const port = config.siblings.find((member) => member.id === config.replicaId)?.port ?? 0;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    strategy: new MemberServer(tcpServerOptions(config.bindHost, port, config.clusterToken)),
    logger: createLogger(config.processName, config),
    // The caller reports failures, in words and with the right exit code.
    abortOnError: false,
  });
  app.useGlobalPipes(app.get(SameGroupPipe), createCallPipe());
  app.useGlobalFilters(new RpcErrorFilter());
  await app.listen();
  new Logger(config.processName).log(`listens on ${config.bindHost}:${port}`);
  return app;
}
