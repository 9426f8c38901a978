import type { IncomingMessage } from 'node:http';
import { ServiceError } from '@stock-bazaar/contracts';
import { MAX_BODY_BYTES } from './limits.js';
import { parseStrictly } from './strict-json.js';

/** Without a charset, or with the one in which JSON crosses systems (RFC 8259, section 8.1). */
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/** Whether the request says that its body is JSON, whatever more it says of it. */
export function isDeclaredAsJson({ headers }: IncomingMessage): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '');
}

/**
 * Reads a body, and hands over what it holds: undefined for no body and for one of another
 * type, which nobody reads. JSON only: a form that another site makes a browser send must not be able to trade.
 */
export function readJsonBody(request: IncomingMessage, done: (error: Error | null, body?: unknown) => void): void {
  const { headers } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (!hasBody || !isDeclaredAsJson(request)) {
    done(null);
    return;
  }
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (charset.toLowerCase() !== 'utf-8' || (headers['content-encoding'] ?? 'identity') !== 'identity') {
    done(new ServiceError('UNSUPPORTED_MEDIA_TYPE'));
    return;
  }
  gather(request, (text) => {
    if (text === undefined) {
      done(new ServiceError('BODY_TOO_LARGE'));
      return;
    }
    try {
      done(null, parseStrictly(text));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Calls back with the whole text, or with undefined as soon as it is too long. Never, when the client hangs up before. */
function gather(request: IncomingMessage, done: (text?: string) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  const onEnd = (): void => done(Buffer.concat(parts).toString());
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
