import type { Duplex } from 'node:stream';
import { ServiceError } from '@stock-bazaar/contracts';
import { errorBody } from '../errors/error-body.js';

const ANSWERS: Record<string, readonly [status: string, problem: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'the chunk extensions are too large'],
};

/** Answers bytes that are no HTTP request, in the one error form, and hangs up. Node alone would answer without a body. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, problem] = ANSWERS[error.code ?? ''] ?? ['400 Bad Request', 'this is not a valid HTTP request'];
  const { error: content } = errorBody(new ServiceError('INVALID_REQUEST', undefined, { problems: [problem] }), false);
  const body = JSON.stringify({ error: { ...content, code: Number.parseInt(status, 10) } });
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  // Not only end(): a peer that never closes its side would keep the socket for ever.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
