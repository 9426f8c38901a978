import { isMap, parseDocument, visit } from 'yaml';
import { isDecimal } from './decimal.js';

/**
 * Parses a configuration file. JSON is a subset of YAML, so one parser reads both. Each setting is returned as the text in the
 * file, as it would come from the environment: as a number, `CLUSTER_TOKEN: 12345678901234567890` would be rounded and
 * `PORT: 0x10` would mean 16. Throws an Error with a readable message.
 */
export function parseSettings(text: string): Record<string, unknown> {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw problem;
  if (!isMap(document.contents)) throw new Error('holds no settings: it should look like `PORT: 8080`');
  visit(document, {
    Scalar(_, scalar, { length: depth }) {
      const { value, source = String(value) } = scalar;
      if (typeof value === 'boolean') scalar.value = String(value);
      // Only the stocks of a seed lie deeper, where a decimal number is a number.
      else if (typeof value === 'number' && (depth === SETTING_DEPTH || !isDecimal(source))) scalar.value = source;
    },
  });
  return document.toJS() as Record<string, unknown>;
}

/** Depth of a setting's value: inside the document, its map, and the pair of name and value. */
const SETTING_DEPTH = 3;
