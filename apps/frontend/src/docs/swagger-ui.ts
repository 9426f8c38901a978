import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';

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
 * Serves Swagger UI at /docs. What Nest brings for it sends every request through a search for files.
 */
export function serveSwaggerUi(adapter: AbstractHttpAdapter, document: OpenAPIObject): void {
  const serve = (path: string, type: string, text: () => string): void => {
    adapter.get(path, (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Content-Type', type);
      adapter.reply(response, text());
    });
  };
  serve('/docs', HTML, () => page('./docs/'));
  serve('/docs/', HTML, () => page('./'));
  serve('/docs/swagger-ui-init.js', SCRIPT, () => startScript(document));
  for (const [file, type] of Object.entries(ASSETS)) serve(`/docs/${file}`, type, () => asset(file));
}

/** The paths that are served, for those who must know them all. */
export const DOCS_PATHS: readonly string[] = ['/docs', '/docs/', '/docs/swagger-ui-init.js'].concat(
  Object.keys(ASSETS).map((file) => `/docs/${file}`),
);

/** @param base of the other files, as seen from the page */
function page(base: string): string {
  const scripts = ['swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'swagger-ui-init.js'];
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Stock Bazaar</title>
  <link rel="stylesheet" href="${base}swagger-ui.css">
  <style>body { margin: 0 } .swagger-ui .topbar { display: none }</style>
</head>
<body>
  <div id="swagger-ui"></div>
${scripts.map((file) => `  <script src="${base}${file}"></script>`).join('\n')}
</body>
</html>
`;
}

function startScript(document: OpenAPIObject): string {
  const settings = JSON.stringify({ ...SETTINGS, spec: document }, undefined, 2);
  return `window.ui = SwaggerUIBundle(Object.assign(${settings}, {
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [SwaggerUIBundle.plugins.DownloadUrl],
}));
`;
}

/** Read when somebody asks: few ever do, and the file system keeps what was read last. */
function asset(file: string): string {
  // Swagger UI is what Nest's own package depends on, so it is looked for from there.
  const nestSwagger = createRequire(import.meta.url).resolve('@nestjs/swagger');
  const directory = dirname(createRequire(nestSwagger).resolve('swagger-ui-dist/package.json'));
  return readFileSync(join(directory, file), 'utf8');
}
