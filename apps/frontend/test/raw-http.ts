import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** The status line and the headers, as received. */
  readonly head: string;
  readonly body: string;
}

/** Sends bytes and resolves to everything received until the other side closes the connection. */
export function exchange(port: number, bytes: string, end = true): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.on('error', reject).on('close', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), head, body });
    });
  });
}

/** Builds the last request of a connection. Adds Host, Connection and, with a body, Content-Length. */
export function rawRequest(line: string, headers: readonly string[] = [], body?: string): string {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${line} HTTP/1.1`, 'Host: bazaar', 'Connection: close', ...headers, ...length, '', body ?? ''].join('\r\n');
}
