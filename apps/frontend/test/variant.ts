import type { GatewayServerOptions } from '../src/server/gateway-server.js';

/**
 * The gateway that the suites of the HTTP contract run on. They run twice: on the defaults, and on whatever can be chosen
 * instead of them, which must make no difference that a client could see.
 */
export const VARIANT: {
  readonly settings: Readonly<Record<string, string>>;
  readonly options: GatewayServerOptions;
} =
  process.env['GATEWAY_VARIANT'] === 'other'
    ? { settings: { HTTP_ADAPTER: 'fastify' }, options: { takesShortcut: false } }
    : { settings: {}, options: {} };
