import { crc32 } from 'node:zlib';

/** CRC-32 over the given values, as text joined by a character that none of them contains. */
export function checksum(...values: readonly (string | number | null)[]): number {
  return crc32(values.join('\u0000'));
}
