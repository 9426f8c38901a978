import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Maximum number of bytes read at once. A log that grows faster is shown with a delay. */
const CHUNK_BYTES = 64 * 1024;

/** Reads the lines that are appended to a file. */
export class LogTail {
  private position: number;
  private rest = '';
  private readonly decoder = new StringDecoder('utf8');
  private readonly buffer = Buffer.alloc(CHUNK_BYTES);

  /** Starts at the end of what is there already. */
  constructor(private readonly path: string) {
    this.position = existsSync(path) ? statSync(path).size : 0;
  }

  /** The whole lines since the last call. */
  read(): readonly string[] {
    if (!existsSync(this.path)) return [];
    const file = openSync(this.path, 'r');
    try {
      const length = readSync(file, this.buffer, 0, CHUNK_BYTES, this.position);
      this.position += length;
      const lines = (this.rest + this.decoder.write(this.buffer.subarray(0, length))).split('\n');
      this.rest = lines.pop() ?? '';
      return lines;
    } finally {
      closeSync(file);
    }
  }
}
