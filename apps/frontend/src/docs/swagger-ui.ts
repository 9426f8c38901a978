import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AbstractHttpAdapter } from '@nestjs/core';

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Files of Swagger UI that the page loads; none comes from another host. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': SCRIPT,
  'swagger-ui-standalone-preset.js': SCRIPT,
};

const SETTINGS = {
  dom_id: '#swagger-ui',
  deepLinking: true,
  layout: 'StandaloneLayout',
  // Otherwise the page would send the document to a public validator.
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
};

/**
 * Serves Swagger UI at /docs. Links are relative, so that they work behind a proxy that serves
 * the gateway under a path prefix. Nest's `SwaggerModule` embeds the document in the page, so Swagger UI would resolve the
 * relative server of the document against the page and send requests to the wrong path.
 */
export function serveSwaggerUi(adapter: AbstractHttpAdapter): void {
  const serve = (path: string, type: string, text: () => string): void => {
    adapter.get(path, (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Content-Type', type);
      adapter.reply(response, text());
    });
  };
  serve('/docs', HTML, () => docsPage('./docs/', './openapi.json'));
  serve('/docs/', HTML, () => docsPage('./', '../openapi.json'));
  serve('/docs/swagger-ui-init.js', SCRIPT, () => START_SCRIPT);
  for (const [file, type] of Object.entries(ASSETS)) serve(`/docs/${file}`, type, () => asset(file));
}

/** The paths of these pages, for the known routes of the server. */
export const DOCS_PATHS: readonly string[] = ['/docs', '/docs/', '/docs/swagger-ui-init.js'].concat(
  Object.keys(ASSETS).map((file) => `/docs/${file}`),
);

/**
 * @param base URL of the other files, relative to the page
 * @param document URL of the OpenAPI document, relative to the page
 */
function docsPage(base: string, document: string): string {
  const scripts = ['swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'swagger-ui-init.js'];
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Stock Bazaar</title>
  <link rel="service-desc" type="application/json" href="${document}">
  <link rel="stylesheet" href="${base}swagger-ui.css">
  <style>body { margin: 0 } .swagger-ui .topbar { display: none }</style>
</head>
<body>
  <noscript>This page needs scripts; the <a href="${document}">OpenAPI document</a> does not.</noscript>
  <div id="swagger-ui"></div>
${scripts.map((file) => `  <script src="${base}${file}"></script>`).join('\n')}
</body>
</html>
`;
}

/** Gives Swagger UI the absolute URL of the document, which it shows as a link and resolves the relative server against. */
const START_SCRIPT = `window.ui = SwaggerUIBundle(Object.assign(${JSON.stringify(SETTINGS, undefined, 2)}, {
  url: document.querySelector('link[rel=service-desc]').href,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [SwaggerUIBundle.plugins.DownloadUrl],
}));
`;

/** Reads a file of Swagger UI on each request: they are rare, and the file system caches it. */
function asset(file: string): string {
  // swagger-ui-dist is a dependency of @nestjs/swagger, so it is resolved from there.
  const nestSwagger = createRequire(import.meta.url).resolve('@nestjs/swagger');
  const directory = dirname(createRequire(nestSwagger).resolve('swagger-ui-dist/package.json'));
  return readFileSync(join(directory, file), 'utf8');
}
