import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestSystem } from './system.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema?: { readonly type?: string; readonly example?: unknown; readonly default?: unknown };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref: string } }> };
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly examples?: Record<string, { value: unknown }> }> }
  >;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { properties: Record<string, { example?: unknown }> }> };
}

let system: TestSystem;
let document: Document;

beforeAll(async () => {
  system = await TestSystem.start({}, { orders: 1 });
  document = (await system.http.get('/openapi.json').expect(200).expect('Content-Type', /json/))
    .body as unknown as Document;
});

afterAll(() => system.stopAll());

/** Returns the initial value of a field in Swagger UI. */
function prefilled(parameter: Parameter): unknown {
  return parameter.example ?? parameter.schema?.example ?? parameter.schema?.default;
}

function exampleBody(operation: Operation): object | undefined {
  const ref = operation.requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
  const schema = document.components.schemas[ref];
  return schema && Object.fromEntries(Object.entries(schema.properties).map(([name, { example }]) => [name, example]));
}

async function firstClick(method: string, path: string, operation: Operation): Promise<number> {
  const parameters = (operation.parameters ?? []).map((entry) => ({ ...entry, value: prefilled(entry) }));
  const filled = parameters.filter((entry) => entry.value !== undefined);
  expect(parameters.filter((entry) => entry.required && entry.value === undefined)).toEqual([]);
  const url = new URL(
    system.url + path.replace(/\{(\w+)\}/g, (_, name) => String(filled.find((entry) => entry.name === name)?.value)),
  );
  for (const entry of filled) if (entry.in === 'query') url.searchParams.set(entry.name, String(entry.value));
  const headers = new Headers();
  for (const entry of filled) if (entry.in === 'header') headers.set(entry.name, String(entry.value));
  const body = exampleBody(operation);
  if (body) headers.set('Content-Type', 'application/json');
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return response.status;
}

describe('the OpenAPI document', () => {
  it('has every path of the contract', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'get /cluster',
      'get /leader',
      'get /livez',
      'get /metrics',
      'get /orders',
      'get /orders/{number}',
      'get /readyz',
      'get /stocks',
      'get /stocks/{name}',
      'get /stream',
      'get /trades',
      'post /orders',
    ]);
  });

  it('lets each operation succeed at the first click on "Try it out"', async () => {
    // An order can be looked up once it was placed, as the page says.
    const clicks = Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
      .sort((a, b) => Number(b.method === 'post') - Number(a.method === 'post'));
    for (const round of ['first', 'second']) {
      for (const { path, method, operation } of clicks)
        expect([round, method, path, await firstClick(method, path, operation)]).toEqual([round, method, path, 200]);
    }
  });

  // A field without a plain type becomes a text area for JSON, and Swagger UI sends nothing.
  it('declares every parameter as a string or an integer', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const types = operations.flatMap(({ parameters = [] }) =>
      parameters.map(({ name, schema }) => [name, schema?.type]),
    );
    expect(types.filter(([, type]) => type !== 'string' && type !== 'integer')).toEqual([]);
  });

  it('has an example for every failure', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400);
        expect(failures.length).toBeGreaterThan(0);
        for (const [status, { content }] of failures) {
          const examples = Object.entries(content?.['application/json']?.examples ?? {});
          expect(examples.length).toBeGreaterThan(0);
          for (const [reason, { value }] of examples)
            expect(value).toMatchObject({ error: { code: Number(status), reason } });
        }
      }
    }
  });
});

/** Returns the targets of the links on a page. */
async function linksOf(page: string): Promise<readonly URL[]> {
  const text = await (await fetch(page)).text();
  return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => new URL(match[1] ?? '', page));
}

/** Starts a proxy that serves the gateway under a path prefix, which it strips. */
async function startProxy(prefix: string): Promise<Server> {
  const proxy = createServer((request, response) => {
    const { method, headers, url = '' } = request;
    if (!url.startsWith(prefix)) {
      response.writeHead(404).end();
      return;
    }
    const onward = forward(system.url + url.slice(prefix.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}

describe.each(['', '/some/prefix'])('behind a proxy that serves the gateway under "%s"', (prefix) => {
  let proxy: Server;
  let base: string;

  beforeAll(async () => {
    proxy = await startProxy(prefix);
    base = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`;
  });

  afterAll(() => proxy.close());

  it.each(['/docs', '/docs/', '/'])('%s has links that work, all below this host and path', async (path) => {
    const links = await linksOf(base + path);
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) {
      expect(link.href.startsWith(`${base}/`)).toBe(true);
      expect([link.href, (await fetch(link)).status]).toEqual([link.href, 200]);
    }
  });

  it.each(['/docs', '/docs/', '/'])('the document that %s names says where to send requests', async (path) => {
    const [named] = (await linksOf(base + path)).filter((link) => link.pathname.endsWith('/openapi.json'));
    const { servers } = (await (await fetch(named ?? '')).json()) as { servers: { url: string }[] };
    expect(servers).toHaveLength(1);
    // Relative to the document's location (OpenAPI 3.0.3).
    const server = new URL(servers[0]?.url ?? '', named).href.replace(/\/$/, '');
    expect(server).toBe(base);
    const placed = await fetch(`${server}/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"name":"Nike","type":"buy","quantity":1}',
    });
    expect(placed.status).toBe(200);
  });
});

describe('Swagger UI', () => {
  it.each(['/docs', '/docs/', '/'])('is served or linked at %s, as HTML', async (path) => {
    const { text } = await system.http.get(path).expect(200).expect('Content-Type', /html/);
    expect(text).toContain('openapi.json');
  });

  it('complies with the content security policy', async () => {
    const page = await system.http.get('/docs').expect(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    // Inline scripts would be blocked; styles are allowed.
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
    expect(page.text).not.toMatch(/\son\w+="/);
    const init = await system.http.get('/docs/swagger-ui-init.js').expect(200);
    expect(init.text).toContain('"validatorUrl": null');
    // Lets the page show it as a link.
    expect(init.text).toContain("url: document.querySelector('link[rel=service-desc]').href");
  });
});
