import { ServiceError } from '#contracts';

/** Whatever is right is flat; what follows the parser goes through the levels recursively. */
const MAX_DEPTH = 20;
/** In valid JSON a string before a colon is the name of a member, and nothing else is. */
const STRING_OR_NAME = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/g;

/**
 * Reads the JSON text of an object or an array; an empty one is taken for `{}`. Throws `INVALID_REQUEST` for what is no
 * JSON, and for two members of one name: `JSON.parse` keeps the last, where another reader on the way may have gone by the
 * first. Better not to trade than to trade what somebody did not mean.
 */
export function parseStrictly(text: string): unknown {
  if (text === '') return {};
  const value = parse(text);
  if (typeof value !== 'object' || value === null) throw invalid('the body is not valid JSON');
  const { members, depth } = measure(value);
  if (depth > MAX_DEPTH) throw invalid('the body is nested too deeply');
  const written = [...text.matchAll(STRING_OR_NAME)].filter(([, colon]) => colon === ':').length;
  if (written > members) throw invalid('the body has two members of the same name');
  return value;
}

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
