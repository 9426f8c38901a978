import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { REASONS } from '@stock-bazaar/contracts';
import { KnownRoutes } from '../errors/known-routes.js';
import { DOCS_PATHS, serveSwaggerUi } from './swagger-ui.js';

/** Serves the OpenAPI document at /openapi.json and Swagger UI at /docs, from this process alone. */
export function setUpDocs(app: INestApplication): void {
  const document = createDocument(app);
  const pages = Object.fromEntries([...DOCS_PATHS, '/openapi.json'].map((path) => [path, { get: {} }]));
  app.get(KnownRoutes).learn({ ...document.paths, ...pages });
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'], ui: false });
  serveSwaggerUi(app.getHttpAdapter() as AbstractHttpAdapter, document);
}

function createDocument(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Stock Bazaar')
    .setDescription(
      'A fault-tolerant stock exchange. Success is `{"data": …}`, failure is `{"error": …}`. ' +
        'Every answer has an `X-Request-Id`: the one that was sent, or a new one.',
    )
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, settings);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Failure } };
  return document;
}

const Failure = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'reason', 'executed'],
      properties: {
        code: { type: 'integer', description: 'the HTTP status' },
        message: { type: 'string' },
        reason: { type: 'string', enum: Object.keys(REASONS) },
        executed: {
          type: 'string',
          enum: ['no', 'unknown'],
          description: 'whether this request may have executed a trade',
        },
        hint: { type: 'string', description: 'what to do next' },
        problems: {
          type: 'array',
          items: { type: 'string' },
          description: 'everything that is wrong with the request',
        },
        details: { type: 'object', description: 'the health checks, by name' },
      },
    },
  },
};
