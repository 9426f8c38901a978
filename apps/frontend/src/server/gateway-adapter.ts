import type { FrontendConfig } from '../frontend.config.js';
import { ExpressGateway } from './express-gateway.js';
import { FastifyGateway } from './fastify-gateway.js';
import type { GatewayServer } from './gateway-server.js';

/** The chosen framework, on the server. */
export function createGatewayAdapter(
  { httpAdapter }: Pick<FrontendConfig, 'httpAdapter'>,
  server: GatewayServer,
): ExpressGateway | FastifyGateway {
  return httpAdapter === 'fastify' ? new FastifyGateway(server) : new ExpressGateway(server);
}
