import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from './gateway.js';
import { exchange, rawRequest } from './raw-http.js';
import { typedHttp, type Http } from './typed-http.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.app.close());

const http = (): Http => typedHttp(gateway.url);
const VALID = { name: 'GameStart', type: 'buy', quantity: 1 };
const OBJECT_RULE = 'the body must be a JSON object like {"name":"GameStart","type":"buy","quantity":1}';
const NAME_RULE = 'name must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands';
const TYPE_RULE = 'type must be "buy" or "sell"';
const QUANTITY_RULE = 'quantity must be a whole number from 1 to 1000000000';

function post(body: string, type = 'application/json'): ReturnType<Http['post']> {
  return http().post('/orders').set('Content-Type', type).send(body);
}

describe('a body that is no order', () => {
  it.each([
    ['an empty object', '{}', [NAME_RULE, TYPE_RULE, QUANTITY_RULE]],
    ['nothing', '', [NAME_RULE, TYPE_RULE, QUANTITY_RULE]],
    ['an array', '[]', [OBJECT_RULE]],
    ['half an object', '{"name":', ['the body is not valid JSON']],
    ['a string', '"GameStart"', ['the body is not valid JSON']],
    ['a number that JSON does not have', '{"name":"A","type":"buy","quantity":NaN}', ['the body is not valid JSON']],
    [
      'further members',
      JSON.stringify({ ...VALID, price: 1, number: 2 }),
      ['property price should not exist', 'property number should not exist'],
    ],
  ])('%s is 400, with the list of what is wrong', async (_, body, problems) => {
    const answer = await post(body).expect(400);
    expect(answer.body).toEqual({
      error: { code: 400, message: 'the request is invalid', reason: 'INVALID_REQUEST', executed: 'no', problems },
    });
  });

  it.each([...Object.getOwnPropertyNames(Object.prototype), 'prototype'])('the member %s is 400', async (name) => {
    const { body } = await post(`{"${name}":{"a":1},"name":"A","type":"buy","quantity":1}`).expect(400);
    expect(body.error.problems).toEqual([`property ${name} should not exist`]);
  });

  it.each([
    '{"name":"A","type":"buy","quantity":1,"quantity":5}',
    '{"name":"A","type":"buy","quantity":1,"quan\\u0074ity" : 1}',
    '{"quantity":1,"name":"A:\\":","type":"buy","name":"A"}',
    '{"name":"A","type":"buy","quantity":{"a":[{"b":1,"b":2}]}}',
    '{"__proto__":1,"__proto__":1}',
  ])('a member that is there twice is 400: %s', async (text) => {
    const { body } = await post(text).expect(400);
    expect(body.error.problems).toEqual(['the body has two members of the same name']);
  });

  it('may have anything in its strings', async () => {
    const { body } = await post(String.raw`{"name":"{\"name\":\"","type":"buy","quantity":1}`).expect(400);
    expect(body.error.problems).toEqual([NAME_RULE]);
  });

  it.each([20, 8000])('that is nested %d deep is 400', async (depth) => {
    const text = `{"name":"A","type":"buy","quantity":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const { body } = await post(text).expect(400);
    expect(body.error.problems).toEqual(['the body is nested too deeply']);
  });

  it.each([0, -5, 1.5, 1e308, 1_000_000_001, 2 ** 53, '5', true, null, [1], {}])(
    'the quantity %j is 400',
    async (quantity) => {
      const { body } = await post(JSON.stringify({ ...VALID, quantity })).expect(400);
      expect(body.error.problems).toEqual([QUANTITY_RULE]);
    },
  );

  it.each(['', 'x'.repeat(65), '__proto__', 'Gаme', 'a\nb', 'a/b', 5, null, ['GameStart']])(
    'the name %j is 400',
    async (name) => {
      const { body } = await post(JSON.stringify({ ...VALID, name })).expect(400);
      expect(body.error.problems).toEqual([NAME_RULE]);
    },
  );

  it.each(['BUY', 'hold', '', 1, null, ['buy']])('the type %j is 400', async (type) => {
    const { body } = await post(JSON.stringify({ ...VALID, type })).expect(400);
    expect(body.error.problems).toEqual([TYPE_RULE]);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(129)])('the key %j is 400', async (key) => {
    const answer = await http().post('/orders').set('Idempotency-Key', key).send(VALID).expect(400);
    expect(answer.body.error.problems).toEqual(['Idempotency-Key must be 1 to 128 visible ASCII characters']);
  });
});

describe('a body that is not even looked at', () => {
  it('is 415 when it is no JSON', async () => {
    const { body } = await post(JSON.stringify(VALID), 'application/jsonx').expect(415);
    expect(body).toEqual({
      error: {
        code: 415,
        message: 'send application/json',
        reason: 'UNSUPPORTED_MEDIA_TYPE',
        executed: 'no',
        hint: "add the header; with curl: -H 'content-type: application/json'",
      },
    });
  });

  it('is 413 above 16 KiB, declared or in chunks', async () => {
    const large = JSON.stringify({ ...VALID, name: 'x'.repeat(16 * 1024) });
    const expected = {
      error: { code: 413, message: 'the body is larger than 16 KiB', reason: 'BODY_TOO_LARGE', executed: 'no' },
    };
    expect((await post(large).expect(413)).body).toEqual(expected);
    const chunked = await fetch(`${gateway.url}/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    });
    expect([chunked.status, await chunked.json()]).toEqual([413, expected]);
  });

  it('is 413 as soon as it is too large, also if its end never arrives', async () => {
    const chunk = `${(20_000).toString(16)}\r\n${'x'.repeat(20_000)}\r\n`;
    const head = rawRequest('POST /orders', ['Transfer-Encoding: chunked']);
    const started = performance.now();
    expect((await exchange(gateway.port, head + chunk, false)).status).toBe(413);
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('is read up to 16 KiB', async () => {
    const { body } = await post(JSON.stringify({ ...VALID, name: 'x'.repeat(16_000) })).expect(400);
    expect(body.error.problems).toEqual([NAME_RULE]);
  });
});

describe('a query', () => {
  it.each(['constructor', '__proto__', 'hasOwnProperty', 'toString', 'colour'])('with %s is 400', async (name) => {
    for (const path of ['/trades', '/stocks', '/orders?key=a', '/stocks/A', '/leader']) {
      const { body } = await http()
        .get(`${path}${path.includes('?') ? '&' : '?'}${name}=1`)
        .expect(400);
      expect(body.error.problems).toEqual([`property ${name} should not exist`]);
    }
  });
});

describe('a path or method that does not exist', () => {
  it.each(['/nope', '/Stocks', '/stocks/', '/orders/1/2', '/stocks/a%2Fb/c', '/.env', '/cache/GameStart'])(
    'GET %s is 404 in the one error form',
    async (path) => {
      const { body } = await http().get(path).expect(404);
      expect(body.error).toMatchObject({ code: 404, message: 'no such path', reason: 'ROUTE_NOT_FOUND' });
    },
  );

  it.each([
    ['delete', '/orders/1', 'GET, HEAD, OPTIONS'],
    ['put', '/stocks/GameStart', 'GET, HEAD, OPTIONS'],
    ['post', '/stocks', 'GET, HEAD, OPTIONS'],
    ['patch', '/orders', 'GET, HEAD, OPTIONS, POST'],
  ] as const)('%s %s is 405 with Allow', async (method, path, allow) => {
    const { body } = await http()[method](path).expect(405).expect('Allow', allow);
    expect(body.error).toMatchObject({ code: 405, reason: 'METHOD_NOT_ALLOWED', executed: 'no' });
  });

  it('OPTIONS says what a path takes', async () => {
    await http().options('/orders').expect(204).expect('Allow', 'GET, HEAD, OPTIONS, POST');
    await http().options('/nope').expect(404);
  });

  it('HEAD answers like GET, without a body', async () => {
    const answer = await http().head('/livez').expect(200);
    expect(answer.text).toBeUndefined();
    await http().head('/stocks/a_b').expect(400);
  });
});

describe('what is no HTTP request', () => {
  it.each([
    ['garbage', 'HELLO\r\n\r\n', 400],
    ['a URL that is none', 'GET http://[x/stocks/Ford HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a request without Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['too many header bytes', `GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is answered in the one error form', async (_, bytes, code) => {
    const { status, body } = await exchange(gateway.port, bytes);
    expect(status).toBe(code);
    expect(JSON.parse(body)).toMatchObject({ error: { code, reason: 'INVALID_REQUEST', executed: 'no' } });
  });

  it('is 417 with an expectation that nobody knows', async () => {
    const request = 'POST /orders HTTP/1.1\r\nHost: a\r\nExpect: foo\r\nContent-Length: 2\r\n\r\n{}';
    const { head, body } = await exchange(gateway.port, request);
    expect(head).toMatch(/^HTTP\/1.1 417 [^]*X-Request-Id: /);
    expect(body).toContain('"code":417,"message":"the request is invalid","reason":"INVALID_REQUEST","executed":"no"');
    expect(body).toContain('Expect can only be 100-continue');
  });

  it('is 405 when it asks for a tunnel, and does no harm when it breaks off', async () => {
    const request = 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n';
    const { head, body } = await exchange(gateway.port, request);
    expect(head).toMatch(/^HTTP\/1.1 405 [^]*Allow: GET/);
    expect(JSON.parse(body)).toEqual({
      error: expect.objectContaining({ code: 405, reason: 'METHOD_NOT_ALLOWED', executed: 'no' }) as object,
    });
    const rude = connect(gateway.port, '127.0.0.1', () => {
      rude.write(request);
      rude.resetAndDestroy();
    });
    await new Promise((resolve) => rude.once('close', resolve));
    await http().get('/livez').expect(200);
  });

  it('is cut off when it drips', async () => {
    const started = performance.now();
    const request = 'POST /orders HTTP/1.1\r\nHost: a\r\n';
    expect((await exchange(gateway.port, request, false)).status).toBe(408);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
