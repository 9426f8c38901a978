import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { GatewayServer } from '../server/gateway-server.js';
import { complete } from './document.js';
import { DOCS_PATHS, serveSwaggerUi } from './swagger-ui.js';

/** Serves the OpenAPI document at /openapi.json and Swagger UI at /docs. */
export function setUpDocs(app: INestApplication): void {
  const document = createDocument(app);
  const pages = Object.fromEntries([...DOCS_PATHS, '/openapi.json'].map((path) => [path, { get: {} }]));
  app.get(GatewayServer).routes.learn({ ...document.paths, ...pages });
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'], ui: false });
  serveSwaggerUi(app.getHttpAdapter() as AbstractHttpAdapter);
}

function createDocument(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Stock Bazaar')
    .setDescription(
      'A fault-tolerant stock exchange. Success is `{"data": …}`, failure is `{"error": …}`. ' +
        'Every answer has an `X-Request-Id`: the one that was sent, or a new one.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .setOpenAPIVersion('3.0.3')
    // Relative to the document, so that it works behind a proxy that serves the gateway under a path prefix.
    .addServer('.')
    .build();
  return complete(SwaggerModule.createDocument(app, settings));
}
