import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '../src/errors/error-body.js';
import { startGateway } from './gateway.js';
import { exchange, rawRequest } from './raw-http.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.app.close());

/** A body with one problem, which is reported once the body is read as JSON. */
const BODY = '{"name":"GameStart","type":"buy","quantity":0}';
const FOUND = ['quantity must be a whole number from 1 to 1000000000'];

async function post(headers: readonly string[], body?: string): Promise<ErrorBody['error']> {
  const answer = await exchange(gateway.port, rawRequest('POST /orders', headers, body), false);
  const { error } = JSON.parse(answer.body) as ErrorBody;
  expect(error.code).toBe(answer.status);
  return error;
}

describe('a body is read as JSON', () => {
  it.each([
    ['nothing says what it is'],
    ['the type is empty', 'Content-Type:'],
    ['the type is in capitals', 'CONTENT-TYPE: Application/JSON'],
    ['the charset is UTF-8', 'Content-Type: application/json; charset=utf-8'],
    ['the charset is in capitals, and quoted', 'Content-Type: application/json;Charset="UTF-8"'],
    ['the charset goes by its other name', 'Content-Type: application/json; charset=utf8'],
    ['the charset is empty', 'Content-Type: application/json; charset='],
    ['there are other parameters', 'Content-Type: application/json; v=1; charset=Utf8; q=a'],
    ['the encoding is empty', 'Content-Encoding:'],
    ['the encoding is none', 'Content-Encoding: Identity'],
    ['a browser declares it', 'Content-Type: application/json', 'Origin: null', 'Sec-Fetch-Site: cross-site'],
    ['only the mode of a fetch is there, as Node sends it', 'Sec-Fetch-Mode: cors'],
  ])('when %s', async (_, ...headers) => {
    expect(await post(headers, BODY)).toMatchObject({ code: 400, problems: FOUND });
  });

  it('with a byte order mark at its beginning, and only there', async () => {
    expect(await post([], `\ufeff${BODY}`)).toMatchObject({ code: 400, problems: FOUND });
    expect(await post([], `${BODY}\ufeff`)).toMatchObject({ code: 400, problems: ['the body is not valid JSON'] });
  });

  it('when there is none: everything is missing', async () => {
    for (const body of [undefined, '', '\ufeff']) expect((await post([], body)).problems).toHaveLength(3);
  });

  it('in chunks', async () => {
    const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
    const request = `${rawRequest('POST /orders', ['Transfer-Encoding: chunked'])}${chunked}`;
    expect((await exchange(gateway.port, request, false)).body).toContain(FOUND[0]);
  });
});

describe('a body is 415', () => {
  it.each([
    ['of a browser that does not declare it', 'Origin: http://elsewhere'],
    ['of a browser that hides where it comes from', 'Origin: null'],
    ['of a browser that sends an empty origin', 'Origin:'],
    ['of a browser that says from what site', 'Sec-Fetch-Site: none'],
    ['of a browser with an empty type', 'Content-Type:', 'Sec-Fetch-Site: cross-site'],
    ['of a form, as curl -d sends it', 'Content-Type: application/x-www-form-urlencoded'],
    ['of a text', 'Content-Type: text/plain;charset=UTF-8'],
    ['of two types', 'Content-Type: application/json', 'Content-Type: text/plain'],
    ['of two types, the other way round', 'Content-Type: text/plain', 'Content-Type: application/json'],
  ])('%s, and says what to add', async (_, ...headers) => {
    const expected = { code: 415, reason: 'UNSUPPORTED_MEDIA_TYPE', executed: 'no' };
    for (const body of [BODY, '', undefined]) {
      const error = await post(headers, body);
      expect(error).toMatchObject({ ...expected, message: 'send application/json' });
      expect(error.hint).toContain("-H 'content-type: application/json'");
    }
  });

  it.each([
    'Content-Type: application/json; charset=latin1',
    'Content-Type: application/json; charset=utf-16',
    'Content-Type: application/json; charset=nonsense',
    'Content-Encoding: gzip',
    'Content-Encoding: identity, br',
  ])('with %s, and says what is read', async (header) => {
    expect(await post([header], BODY)).toMatchObject({ code: 415, hint: 'send it as UTF-8 and not compressed' });
  });
});

describe('a GET', () => {
  it('is not held against its body, which nobody reads', async () => {
    expect((await exchange(gateway.port, rawRequest('GET /livez', [], 'no JSON'), false)).status).toBe(200);
  });
});
