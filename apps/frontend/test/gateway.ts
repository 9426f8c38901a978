import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { loadConfig } from '#service-kit';
import { serveLivePage } from '../src/console/live-page.js';
import { setUpDocs } from '../src/docs/openapi.js';
import { FrontendConfig } from '../src/frontend.config.js';
import { FrontendModule } from '../src/frontend.module.js';
import { ExpressGateway } from '../src/server/express-gateway.js';
import { GatewayServer } from '../src/server/gateway-server.js';
import { watch } from './openapi/watch.js';

/**
 * Starts the gateway alone on a free port. Its members have low ports, which refuse connections, so all of them are down unless
 * settings say otherwise.
 *
 * @param replaced providers to replace, each with its replacement
 */
export async function startGateway(
  settings: Readonly<Record<string, string>> = {},
  maxInFlight?: number,
  replaced: readonly (readonly [provider: Type, by: Type])[] = [],
): Promise<{ readonly app: INestApplication; readonly url: string; readonly port: number }> {
  const env = {
    ORDER_REPLICAS: '1=127.0.0.1:1,2=127.0.0.1:2,3=127.0.0.1:3',
    CATALOG_REPLICAS: '1=127.0.0.1:4',
    ...settings,
  };
  const config = loadConfig(FrontendConfig, { env, directory: '/nonexistent' });
  const server = new GatewayServer(config, maxInFlight === undefined ? {} : { maxInFlight });
  const builder = Test.createTestingModule({ imports: [FrontendModule.forRoot(config, server)] });
  for (const [provider, by] of replaced) builder.overrideProvider(provider).useClass(by);
  const module = await builder.compile();
  const app = module.createNestApplication(new ExpressGateway(server));
  app.useLogger(false);
  setUpDocs(app);
  serveLivePage(app);
  await app.listen(0, '127.0.0.1');
  await watch(app);
  const url = await app.getUrl();
  return { app, url, port: Number(new URL(url).port) };
}
