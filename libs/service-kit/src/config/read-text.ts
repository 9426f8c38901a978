import { readFileSync } from 'node:fs';

/**
 * Reads a text file that a person wrote. Strips the byte order mark that Excel and Windows editors write. The encoding is UTF-8,
 * or UTF-16 if such a mark says so (PowerShell's `>`).
 */
export function readText(path: string): string {
  const bytes = readFileSync(path);
  const encoding = ENCODINGS.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark))?.encoding ?? 'utf-8';
  // The decoder drops the mark.
  return new TextDecoder(encoding).decode(bytes);
}

const ENCODINGS = [
  { mark: Buffer.of(0xff, 0xfe), encoding: 'utf-16le' },
  { mark: Buffer.of(0xfe, 0xff), encoding: 'utf-16be' },
];
