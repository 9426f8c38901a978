import { crc32 } from 'node:zlib';

/** Returns the CRC-32 of the values, as text joined by a character that none of them contains. */
export function checksum(...values: readonly (string | number | null)[]): number {
  return crc32(values.join('\u0000'));
}
