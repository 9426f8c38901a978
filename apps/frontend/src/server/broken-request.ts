import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServiceError } from '#contracts';
import { errorBody } from '../errors/error-body.js';

const JSON_TYPE = 'application/json; charset=utf-8';
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
  hangUpWith(socket, status, JSON.stringify(problemBody(Number.parseInt(status, 10), problem)));
}

/** Answers CONNECT, which asks for a tunnel. Node alone would hang up without a word. */
export function answerConnect(_request: IncomingMessage, socket: Duplex): void {
  // From here on the connection is ours, and so are its failures.
  socket.on('error', () => socket.destroy());
  const body = JSON.stringify(errorBody(new ServiceError('METHOD_NOT_ALLOWED'), true));
  hangUpWith(socket, '405 Method Not Allowed', body, ['Allow: GET, HEAD, OPTIONS, POST']);
}

/** Answers `Expect: something-else`. Node alone would answer without a body. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  // The client may or may not send the body that it announced, so nothing can follow on this connection.
  response.writeHead(417, { Connection: 'close', 'Content-Type': JSON_TYPE });
  response.end(JSON.stringify(problemBody(417, 'Expect can only be 100-continue')));
}

/** A status that only a request of the wrong form can have. */
function problemBody(code: number, problem: string): object {
  const { error } = errorBody(new ServiceError('INVALID_REQUEST', undefined, { problems: [problem] }), false);
  return { error: { ...error, code } };
}

function hangUpWith(socket: Duplex, status: string, body: string, headers: readonly string[] = []): void {
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  // Not only end(): a peer that never closes its side would keep the socket for ever.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
