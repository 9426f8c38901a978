import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly answers: number;
  /** Answers whose `X-Cache` says HIT. */
  readonly hits: number;
  readonly seconds: number;
  /** Processor time of the load itself, in milliseconds: near the clock's, it is the load that was measured. */
  readonly ownCpuMs: number;
}

/**
 * The same GET over and over, on connections that stay open, each asking again as soon as it is answered. On bare sockets:
 * an HTTP client costs more than the servers that are to be measured. Rejects with the first answer that is not a 200.
 */
export async function load(port: number, path: string, connections: number, ms: number): Promise<LoadResult> {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const count = { answers: 0, hits: 0 };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + ms;
  await Promise.all(Array.from({ length: connections }, () => askOn(port, request, until, count)));
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...count, seconds: (performance.now() - startedAt) / 1000, ownCpuMs: (user + system) / 1000 };
}

function askOn(port: number, request: string, until: number, count: { answers: number; hits: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setNoDelay().setEncoding('latin1');
    let text = '';
    socket.on('data', (part: string) => {
      text += part;
      const length = answerLength(text);
      if (length === undefined || text.length < length) return;
      if (!text.startsWith('HTTP/1.1 200')) reject(new Error(`an answer was not a 200: ${text}`));
      count.answers += 1;
      if (text.includes('X-Cache: HIT')) count.hits += 1;
      text = text.slice(length);
      if (performance.now() < until) socket.write(request);
      else socket.end();
    });
    socket.once('close', () => resolve()).once('error', reject);
  });
}

/** Bytes of the first answer in the text, or undefined while its head is not whole. */
function answerLength(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const body = /content-length: (\d+)/i.exec(text)?.[1];
  if (body === undefined) throw new Error(`an answer has no length: ${text}`);
  return end + 4 + Number(body);
}
