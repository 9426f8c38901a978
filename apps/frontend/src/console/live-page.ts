import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { GatewayServer } from '../server/gateway-server.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where `npm run build` puts the page, as seen from a compiled module, from its source, and from a bundle. */
const PLACES = ['../../../console/static/', '../../../../dist/apps/console/static/', '../console/static/'];

interface File {
  readonly path: string;
  readonly type: string;
  readonly content: Buffer | string;
}

/** Serves the live page (apps/console) at /, with the files that it loads. A gateway for which it was not built has links there. */
export function serveLivePage(app: INestApplication): void {
  const adapter = app.getHttpAdapter();
  const files = filesOfPage();
  app.get(GatewayServer).routes.learn(Object.fromEntries(files.map(({ path }) => [path, { get: {} }])));
  for (const { path, type, content } of files)
    adapter.get(path, (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Content-Type', type);
      adapter.reply(response, content);
    });
}

function filesOfPage(): readonly File[] {
  const root = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) => existsSync(place));
  if (root === undefined) return [{ path: '/', type: TYPES['.html'] ?? '', content: START_PAGE }];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) in TYPES)
    .map((name) => ({
      path: name === 'index.html' ? '/' : `/${name.replaceAll('\\', '/')}`,
      type: TYPES[extname(name)] ?? '',
      content: readFileSync(join(root, name), 'utf8'),
    }));
}

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
