import { isRecord, type JsonRecord } from '#harness';

/**
 * Compares member by member: `actual` must have the members of `expected`, with the same values, and no others.
 * Returns the differences, each in words; none when they are equal.
 */
export function differences(expected: JsonRecord, actual: unknown, path = ''): readonly string[] {
  if (!isRecord(actual)) return [`${path === '' ? 'the body' : path} is ${JSON.stringify(actual)}, not an object`];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return names.flatMap((name) => {
    const wanted = expected[name];
    const found = actual[name];
    const where = path === '' ? name : `${path}.${name}`;
    if (isRecord(wanted)) return differences(wanted, found, where);
    if (Object.is(wanted, found)) return [];
    if (!(name in actual)) return [`${where} is missing, it should be ${JSON.stringify(wanted)}`];
    if (!(name in expected)) return [`${where} should not be there`];
    return [`${where} is ${JSON.stringify(found)}, it should be ${JSON.stringify(wanted)}`];
  });
}
