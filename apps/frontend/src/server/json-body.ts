import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';
import { ServiceError } from '#contracts';
import { MAX_BODY_BYTES } from './limits.js';
import { parseStrictly } from './strict-json.js';

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/**
 * Whether the body is JSON, by its declaration or, in a POST of a simple client, for want of one. A page of another site can
 * make a browser send a body without a type, and must not be able to trade: a browser gives itself away by its own headers.
 */
export function isTakenAsJson({ method, headers }: IncomingMessage): boolean {
  const { 'content-type': type, origin, 'sec-fetch-site': site } = headers;
  if (type) return JSON_TYPE.test(type);
  return method === 'POST' && origin === undefined && site === undefined;
}

/**
 * Reads a body, and hands over what it holds: undefined for no body and for one of another type, which nobody reads. JSON
 * only: a form that another site makes a browser send must not be able to trade.
 */
export function readJsonBody(request: IncomingMessage, done: (error: Error | null, body?: unknown) => void): void {
  const { headers } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (!hasBody || !isTakenAsJson(request)) {
    done(null);
    return;
  }
  const decoder = decoderFor(request);
  if (!decoder) {
    done(new ServiceError('UNSUPPORTED_MEDIA_TYPE', undefined, { hint: 'send it as UTF-8 and not compressed' }));
    return;
  }
  gather(request, (bytes) => {
    if (bytes === undefined) {
      done(new ServiceError('BODY_TOO_LARGE'));
      return;
    }
    try {
      done(null, parseStrictly(decoder.decode(bytes)));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Decodes UTF-8, in which JSON crosses systems (RFC 8259, section 8.1), and drops a byte order mark. Undefined for all else. */
function decoderFor({ headers }: IncomingMessage): TextDecoder | undefined {
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return undefined;
  try {
    // It knows the other names of UTF-8, and throws for a charset that nobody knows.
    const decoder = new TextDecoder(CHARSET.exec(headers['content-type'] ?? '')?.[1] || 'utf-8');
    return decoder.encoding === 'utf-8' ? decoder : undefined;
  } catch {
    return undefined;
  }
}

/** Calls back with the whole body, or with undefined as soon as it is too long. Never, when the client hangs up before. */
function gather(request: IncomingMessage, done: (bytes?: Buffer) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  const onEnd = (): void => done(Buffer.concat(parts));
  const onData = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length <= MAX_BODY_BYTES) return;
    // What is left still has to pass, so that the next request can follow on this connection.
    request.off('data', onData).off('end', onEnd).resume();
    done();
  };
  request.on('data', onData).once('end', onEnd);
}
