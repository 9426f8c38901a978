import type { IncomingMessage } from 'node:http';
import { ServiceError } from '#contracts';
import { InvalidRequest } from '../errors/invalid-request.js';
import { MAX_BODY_BYTES } from './json-body.js';

/**
 * Finds what is wrong with the head of a request. Node and Express would refuse it without a body, with an HTML page, or not
 * at all, but the contract promises one form for every error.
 */
export function headProblem(request: IncomingMessage): ServiceError | undefined {
  const { url = '/', headers } = request;
  const { host } = headers;
  if (host === undefined && request.httpVersion === '1.1') return new InvalidRequest(['the Host header is missing']);
  if (host !== undefined && !isOneHost(host))
    return new InvalidRequest(['the Host header must be there once, and name one host']);
  if (!url.startsWith('/') && !URL.canParse(url) && !isOptionsOfAll(request))
    return new InvalidRequest(['the URL is neither a path nor a whole URL']);
  if (!isDecodable(url))
    return new InvalidRequest(['the URL has a percent sign that does not begin a valid UTF-8 sequence']);
  // Also for a body that no handler reads.
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return new ServiceError('BODY_TOO_LARGE');
  return undefined;
}

/**
 * Whether the Host header names one host (RFC 3986, 3.2.2 and 3.2.3), as RFC 9112, 3.2 demands: a proxy and a server that
 * pick different ones of two are open to request smuggling. Node joins repeated headers with a comma.
 */
function isOneHost(host: string): boolean {
  return host === '' || /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+;=-]+)(:\d*)?$/i.test(host);
}

/** `OPTIONS *` asks which methods the server as a whole takes. */
function isOptionsOfAll({ method, url }: IncomingMessage): boolean {
  return method === 'OPTIONS' && url === '*';
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
