import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../gateway.js';
import { exchange as sendRaw } from '../raw-http.js';
import { Contract, type Exchange } from './contract.js';

/** Answers to bytes that Node itself refuses, which `watch` does not record. */
const BROKEN = [
  'HELLO\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
  'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
];

let broken: readonly Awaited<ReturnType<typeof sendRaw>>[];
let text: string;
let contract: Contract;

beforeAll(async () => {
  const { app, url, port } = await startGateway();
  broken = await Promise.all(BROKEN.map((bytes) => sendRaw(port, bytes)));
  text = await (await fetch(`${url}/openapi.json`)).text();
  await app.close();
  contract = new Contract(JSON.parse(text) as OpenAPIObject);
});

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'a' };
const LOOKUP_HEADERS = { ...JSON_HEADERS, 'x-cache': 'HIT' };
const STOCK = { name: 'GameStart', price: 15.99, quantity: 1000 };
const ERROR = { code: 404, message: 'stock not found', reason: 'STOCK_NOT_FOUND', executed: 'no' };

function lookup(body: unknown, over: Partial<Exchange> = {}): Exchange {
  return {
    method: 'GET',
    url: '/stocks/GameStart',
    requestHeaders: {},
    requestBody: '',
    status: 200,
    responseHeaders: LOOKUP_HEADERS,
    responseBody: JSON.stringify(body),
    ...over,
  };
}

function failure(error: object, over: Partial<Exchange> = {}): Exchange {
  return lookup({ error }, { status: 404, responseHeaders: JSON_HEADERS, ...over });
}

function placed(order: string, over: Partial<Exchange> = {}): Exchange {
  const responseHeaders = { ...JSON_HEADERS, location: '/orders/1', 'idempotency-key': 'k' };
  const sent = { method: 'POST', url: '/orders', requestBody: order, responseHeaders };
  return lookup({ data: { transaction_number: 1 } }, { ...sent, ...over });
}

const ORDER = JSON.stringify({ name: 'GameStart', type: 'buy', quantity: 1 });
const INVALID = {
  code: 400,
  message: 'a',
  reason: 'INVALID_REQUEST',
  executed: 'no',
  problems: ['name must be short'],
};

describe('the judge of all that the suites exchange', () => {
  it.each([
    ['a lookup', lookup({ data: STOCK })],
    ['a lookup of an escaped name with an empty query', lookup({ data: STOCK }, { url: '/stocks/Game%53tart?' })],
    ['a HEAD', lookup(undefined, { method: 'HEAD', responseBody: '' })],
    ['a failure', failure(ERROR)],
    [
      'a failure that any request may have',
      failure({ ...ERROR, code: 413, reason: 'BODY_TOO_LARGE' }, { status: 413 }),
    ],
    ['a path that does not exist', failure({ ...ERROR, reason: 'ROUTE_NOT_FOUND' }, { url: '/nope' })],
    ['a trade', placed(ORDER)],
    ['a trade with a byte order mark', placed(`\ufeff${ORDER}`)],
    ['a refused value', failure(INVALID, { status: 400, url: `/stocks/${'x'.repeat(65)}` })],
  ])('is content with %s', (_, exchange) => {
    expect(contract.violationsOf(exchange)).toEqual([]);
  });

  it.each([
    ['a member too many', lookup({ data: { ...STOCK, version: 1 } })],
    ['a member too few', lookup({ data: { name: 'A', price: 1 } })],
    ['half a share', lookup({ data: { ...STOCK, quantity: 1.5 } })],
    ['a name that there cannot be', lookup({ data: { ...STOCK, name: 'a_b' } })],
    ['null where there is none', lookup({ data: null })],
    ['another media type', lookup({ data: STOCK }, { responseHeaders: { ...LOOKUP_HEADERS, 'content-type': 'a/b' } })],
    ['a header that is missing', lookup({ data: STOCK }, { responseHeaders: JSON_HEADERS })],
    ['a header of another value', lookup({ data: STOCK }, { responseHeaders: { ...LOOKUP_HEADERS, 'x-cache': 'A' } })],
    ['a success that is unknown', lookup({ data: STOCK }, { status: 201 })],
    ['a failure of another form', failure({ ...ERROR, stack: 'at' })],
    ['a failure without reason', failure({ code: 404, message: 'a', executed: 'no' })],
    ['an unknown path in another form', failure({ message: 'Cannot GET' }, { url: '/nope' })],
    ['a 503 without Retry-After', failure({ ...ERROR, code: 503 }, { status: 503 })],
    ['a trade that it forbids', placed(ORDER.replace('1', '1000000001'))],
    ['a trade with a member too many', placed(ORDER.replace('{', '{"price":1,'))],
    ['a trade with a key that it forbids', placed(ORDER, { requestHeaders: { 'idempotency-key': 'a b' } })],
    ['a page that it forbids', lookup({ data: [], next: null }, { url: '/trades?limit=1001' })],
    ['a value that was refused, and that it allows', failure(INVALID, { status: 400 })],
  ])('objects to %s', (_, exchange) => {
    expect(contract.violationsOf(exchange)).not.toEqual([]);
  });

  it('is content with how broken requests are answered', () => {
    expect(broken.map(({ status }) => status)).toEqual([400, 431, 405]);
    for (const { status, body } of broken) {
      const answer = { url: '/nope', status, responseHeaders: JSON_HEADERS, responseBody: body };
      expect(contract.violationsOf(lookup(undefined, answer))).toEqual([]);
    }
  });

  it('knows where null is meant, and where not', () => {
    const processes = [] as const;
    const cluster = (leader: unknown): Exchange => lookup({ data: { leader, processes } }, { url: '/cluster' });
    const leader = { leader: '127.0.0.1:1', id: 1, term: 1 };
    for (const right of [null, leader]) expect(contract.violationsOf(cluster(right))).toEqual([]);
    for (const wrong of [undefined, 1, {}, { ...leader, id: null }, { ...leader, more: 1 }])
      expect(contract.violationsOf(cluster(wrong))).not.toEqual([]);
    expect(contract.violationsOf(lookup({ data: null }, { url: '/leader' }))).not.toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('leaves a linter nothing to say', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const found = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    expect(found.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  it('does not leave it open what a number or an object may be', () => {
    const open: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { type, minimum, maximum, format, additionalProperties } = value as Record<string, unknown>;
      if ((type === 'integer' || type === 'number') && (minimum === undefined || maximum === undefined || !format))
        open.push(at);
      if (type === 'object' && additionalProperties === undefined) open.push(at);
      for (const [key, part] of Object.entries(value)) if (!/^examples?$/.test(key)) look(part, `${at}/${key}`);
    };
    look(JSON.parse(text), '');
    expect(open).toEqual([]);
  });
});
