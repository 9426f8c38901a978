import type { IncomingMessage } from 'node:http';
import { ServiceError } from '@stock-bazaar/contracts';

/** Whatever is right is flat; what follows the parser goes through the levels recursively. */
const MAX_DEPTH = 20;
/** In valid JSON a string before a colon is the name of a member, and nothing else is. */
const STRING_OR_NAME = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/g;

/**
 * Sees the bytes of a body before they are parsed. `JSON.parse` keeps the last of two members of one name, where another
 * reader on the way may have gone by the first: better not to trade than to trade what somebody did not mean.
 */
export function checkJson(_request: IncomingMessage, _response: unknown, bytes: Buffer, encoding: string): void {
  // The JSON that crosses systems is UTF-8 (RFC 8259, section 8.1).
  if (encoding !== 'utf-8') throw new ServiceError('UNSUPPORTED_MEDIA_TYPE');
  const text = bytes.toString();
  const parsed = parse(text);
  if (parsed === undefined) return;
  const { members, depth } = measure(parsed);
  if (depth > MAX_DEPTH) throw invalid('the body is nested too deeply');
  const written = [...text.matchAll(STRING_OR_NAME)].filter(([, colon]) => colon === ':').length;
  if (written > members) throw invalid('the body has two members of the same name');
}

/** Undefined for what is no JSON; the body parser says so itself. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts the members of all objects in the value. Level by level, because a body may be nested deeper than the stack. */
function measure(value: unknown): { readonly members: number; readonly depth: number } {
  let members = 0;
  let depth = 0;
  for (let level = [value]; level.length > 0; depth += 1) {
    const objects = level.filter((item) => typeof item === 'object' && item !== null);
    for (const object of objects) if (!Array.isArray(object)) members += Object.keys(object).length;
    level = objects.flatMap((object): unknown[] => Object.values(object));
  }
  return { members, depth };
}

function invalid(problem: string): ServiceError {
  return new ServiceError('INVALID_REQUEST', undefined, { problems: [problem] });
}
