import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, afterEach, expect } from 'vitest';
import { Contract, type Exchange } from './contract.js';

/** Violations by all gateways of this process since the last test. */
const violations: string[] = [];

// Every suite that starts a gateway through the test helpers fails on a violation.
for (const hook of [afterEach, afterAll]) hook(() => expect(violations.splice(0)).toEqual([]));

/** Checks all further answers of a gateway against the OpenAPI document that it serves. */
export async function watch(app: INestApplication): Promise<void> {
  const response = await fetch(`${await app.getUrl()}/openapi.json`);
  const contract = new Contract((await response.json()) as OpenAPIObject);
  const server = app.getHttpServer() as Server;
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    record(request, response, (exchange) => violations.push(...contract.violationsOf(exchange)));
  });
}

function record(request: IncomingMessage, response: ServerResponse, done: (exchange: Exchange) => void): void {
  const [sent, answered]: [Buffer[], Buffer[]] = [[], []];
  // A `data` listener would start the flow of a body that the gateway does not read.
  const push = request.push.bind(request);
  request.push = (part, encoding) => {
    if (part !== null) sent.push(Buffer.from(part as Uint8Array));
    return push(part, encoding);
  };
  for (const method of ['write', 'end'] as const) {
    const original = response[method].bind(response) as (...args: unknown[]) => never;
    response[method] = (...args: unknown[]) => {
      const [part] = args;
      if (typeof part === 'string' || part instanceof Uint8Array) answered.push(Buffer.from(part as Uint8Array));
      return original(...args);
    };
  }
  const headers = flatHeaders(response);
  response.once('finish', () => {
    done({
      method: request.method ?? '',
      url: request.url ?? '',
      requestHeaders: { ...request.headers },
      requestBody: Buffer.concat(sent).toString(),
      status: response.statusCode,
      responseHeaders: headers(),
      responseBody: Buffer.concat(answered).toString(),
    });
  });
}

/** Returns a reader of all headers of the answer, including those passed to `writeHead`, which `getHeaders()` omits. */
function flatHeaders(response: ServerResponse): () => Exchange['responseHeaders'] {
  const given: Record<string, string> = {};
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const last = args.at(-1);
    const pairs: readonly unknown[] = Array.isArray(last) ? last : Object.entries(Object(last) as object).flat();
    for (let i = 0; i + 1 < pairs.length; i += 2) given[String(pairs[i]).toLowerCase()] = String(pairs[i + 1]);
    return writeHead(...args);
  };
  return () => ({ ...response.getHeaders(), ...given });
}
