import { isMap, parseDocument, visit } from 'yaml';
import { isDecimal } from './decimal.js';

/**
 * Parses a configuration file. JSON is a part of YAML, so one parser reads both. Each setting comes as the text that the
 * file has, as it would from the environment: as a number, `CLUSTER_TOKEN: 12345678901234567890` would be rounded and
 * `PORT: 0x10` would mean 16. Throws an Error in words.
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
      // Below the settings are only the stocks of a seed, where a number in decimals is a number.
      else if (typeof value === 'number' && (depth === SETTING_DEPTH || !isDecimal(source))) scalar.value = source;
    },
  });
  return document.toJS() as Record<string, unknown>;
}

/** Depth of a setting's value: it lies in the document, its map, and the pair of name and value. */
const SETTING_DEPTH = 3;
