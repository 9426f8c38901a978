import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AbstractHttpAdapter } from '@nestjs/core';

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Files of Swagger UI that the page loads, from this process alone. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': SCRIPT,
  'swagger-ui-standalone-preset.js': SCRIPT,
};

const SETTINGS = {
  dom_id: '#swagger-ui',
  deepLinking: true,
  layout: 'StandaloneLayout',
  // Would otherwise ask a public validator about this document.
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
};

/**
 * Serves Swagger UI at /docs, and at / where to find it. What Nest brings for it sends every request through a search for
 * files. Links are relative, so that they also work behind a proxy that serves the gateway under a path of its own.
 */
export function serveSwaggerUi(adapter: AbstractHttpAdapter): void {
  const serve = (path: string, type: string, text: () => string): void => {
    adapter.get(path, (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Content-Type', type);
      adapter.reply(response, text());
    });
  };
  serve('/', HTML, () => START_PAGE);
  serve('/docs', HTML, () => docsPage('./docs/', './openapi.json'));
  serve('/docs/', HTML, () => docsPage('./', '../openapi.json'));
  serve('/docs/swagger-ui-init.js', SCRIPT, () => START_SCRIPT);
  for (const [file, type] of Object.entries(ASSETS)) serve(`/docs/${file}`, type, () => asset(file));
}

/** The paths that are served, for those who must know them all. */
export const DOCS_PATHS: readonly string[] = ['/', '/docs', '/docs/', '/docs/swagger-ui-init.js'].concat(
  Object.keys(ASSETS).map((file) => `/docs/${file}`),
);

const START_PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Stock Bazaar</title>
</head>
<body>
  <h1>Stock Bazaar</h1>
  <p>Every operation, to be tried out: <a href="./docs">/docs</a></p>
  <p>The same as an OpenAPI document: <a href="./openapi.json">/openapi.json</a></p>
</body>
</html>
`;

/**
 * @param base of the other files, as seen from the page
 * @param document as seen from the page
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

/** Swagger UI shows the address of the document as a link, and takes it as what its relative server is relative to. */
const START_SCRIPT = `window.ui = SwaggerUIBundle(Object.assign(${JSON.stringify(SETTINGS, undefined, 2)}, {
  url: document.querySelector('link[rel=service-desc]').href,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [SwaggerUIBundle.plugins.DownloadUrl],
}));
`;

/** Read when somebody asks: few ever do, and the file system keeps what was read last. */
function asset(file: string): string {
  // Swagger UI is what Nest's own package depends on, so it is looked for from there.
  const nestSwagger = createRequire(import.meta.url).resolve('@nestjs/swagger');
  const directory = dirname(createRequire(nestSwagger).resolve('swagger-ui-dist/package.json'));
  return readFileSync(join(directory, file), 'utf8');
}
