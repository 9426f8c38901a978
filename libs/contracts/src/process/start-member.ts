import { Logger, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions, TcpOptions } from '@nestjs/microservices';
import type { MemberConfig } from '../config/process.config.js';
import type { Member } from '../config/members.js';
import { createCallPipe } from '../errors/call.pipe.js';
import { RpcErrorFilter } from '../errors/rpc-error.filter.js';
import { createLogger } from './logger.js';
import { tcpServerOptions } from './tcp.js';

/**
 * Starts an app that is a member of a replicated group and listens on TCP at its own address in the group's list.
 * Resolves when it listens. Rejects, without ending the process, with whatever went wrong.
 * @param Server Nest's TCP server or a kind of it; it must report every failure to listen
 */
export async function startMember(
  group: string,
  module: DynamicModule,
  config: MemberConfig,
  members: readonly Member[],
  Server: new (options: NonNullable<TcpOptions['options']>) => CustomTransportStrategy,
): Promise<INestMicroservice> {
  const port = members.find((member) => member.id === config.replicaId)?.port ?? 0;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    strategy: new Server(tcpServerOptions(config.bindHost, port, config.clusterToken)),
    logger: createLogger(`${group}-${config.replicaId}`, config),
    // Failures are reported by whoever called, in words and with the right exit code.
    abortOnError: false,
  });
  app.useGlobalPipes(createCallPipe());
  app.useGlobalFilters(new RpcErrorFilter());
  await app.listen();
  new Logger(`${group}-${config.replicaId}`).log(`listens on ${config.bindHost}:${port}`);
  return app;
}
