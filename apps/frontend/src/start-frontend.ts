import { Logger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger } from '#service-kit';
import { ListenFailure } from '#replication';
import { serveLivePage } from './console/live-page.js';
import { setUpDocs } from './docs/openapi.js';
import type { FrontendConfig } from './frontend.config.js';
import { FrontendModule } from './frontend.module.js';
import { ExpressGateway } from './server/express-gateway.js';
import { GatewayServer, type GatewayServerOptions } from './server/gateway-server.js';
import { WORKER_NUMBER } from './server/workers.js';

/** Name of this process in its log, and in the error when it cannot start. */
export const PROCESS_NAME = WORKER_NUMBER === undefined ? 'frontend' : `frontend, worker ${WORKER_NUMBER}`;

/** Starts the gateway and resolves once it listens, at `app.getUrl()`. */
export async function startFrontend(
  config: FrontendConfig,
  options: GatewayServerOptions = {},
): Promise<INestApplication> {
  const server = new GatewayServer(config, options);
  const app = await NestFactory.create(FrontendModule.forRoot(config, server), new ExpressGateway(server), {
    logger: createLogger(PROCESS_NAME, config),
    abortOnError: false,
  });
  setUpDocs(app);
  serveLivePage(app);
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    throw ListenFailure.from(error, config.host, config.port);
  }
  const url = await app.getUrl();
  new Logger('Gateway').log(`listening on ${url}, documentation at ${url}/docs`);
  return app;
}
