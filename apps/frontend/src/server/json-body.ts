import type { IncomingMessage } from 'node:http';
import { ServiceError } from '#contracts';
import { InvalidRequest } from '../errors/invalid-request.js';

export const MAX_BODY_BYTES = 16 * 1024;
/** Valid bodies are flat. A very deep one would exhaust the stack of the validation, which is recursive. */
const MAX_DEPTH = 20;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
/** Drops a byte order mark. */
const UTF8 = new TextDecoder();

/**
 * Whether the body is to be read as JSON: it is declared as JSON, or it is the undeclared body of a simple client's POST.
 * A page of another site can make a browser send an undeclared body, and must not be able to trade (CSRF). Browsers are
 * recognized by the headers that they always add.
 */
export function isTakenAsJson({ method, headers }: IncomingMessage): boolean {
  const { 'content-type': type, origin, 'sec-fetch-site': site } = headers;
  if (type) return JSON_TYPE.test(type);
  return method === 'POST' && origin === undefined && site === undefined;
}

/**
 * Reads a JSON body into `request.body`; leaves it undefined when there is none, or one of another type. Not `express.json()`,
 * which takes UTF-16, refuses `charset=utf8`, and answers 413 only once the last chunk has arrived.
 */
export function readJsonBody(
  request: IncomingMessage & { body?: unknown },
  _response: unknown,
  next: (error?: unknown) => void,
): void {
  const { headers } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (!hasBody || !isTakenAsJson(request)) {
    next();
    return;
  }
  if (!isPlainUtf8(request)) {
    next(new ServiceError('UNSUPPORTED_MEDIA_TYPE', undefined, { hint: 'send it as UTF-8 and not compressed' }));
    return;
  }
  const parts: Buffer[] = [];
  let length = 0;
  const onEnd = (): void => {
    try {
      request.body = parseStrictly(UTF8.decode(Buffer.concat(parts)));
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
  const onData = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length <= MAX_BODY_BYTES) return;
    // The rest still has to pass, so that the next request can follow on this connection.
    request.off('data', onData).off('end', onEnd).resume();
    next(new ServiceError('BODY_TOO_LARGE'));
  };
  request.on('data', onData).once('end', onEnd);
}

/** JSON between systems is UTF-8 (RFC 8259, 8.1). A compressed body could be far larger than the limit. */
function isPlainUtf8({ headers }: IncomingMessage): boolean {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] || 'utf-8';
  return /^utf-?8$/i.test(charset) && /^(identity)?$/i.test(headers['content-encoding'] ?? '');
}

/**
 * Parses the JSON text of an object or an array; an empty text is `{}`. Throws `InvalidRequest` also for two members of one
 * name: `JSON.parse` keeps the last one, but a proxy on the way may have checked the first (RFC 8259, 4).
 */
function parseStrictly(text: string): unknown {
  if (text === '') return {};
  const value = parse(text);
  if (typeof value !== 'object' || value === null) throw new InvalidRequest(['the body is not valid JSON']);
  // Outside of strings, JSON has one colon for each member.
  const written = text.replace(STRING, '').split(':').length - 1;
  if (written > countMembers(value)) throw new InvalidRequest(['the body has two members of the same name']);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts the members of all objects in the value. */
function countMembers(value: unknown, depth = 0): number {
  if (depth === MAX_DEPTH) throw new InvalidRequest(['the body is nested too deeply']);
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + countMembers(child, depth + 1), own);
}
