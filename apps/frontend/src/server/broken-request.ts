import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServiceError } from '#contracts';
import { errorBody, JSON_TYPE } from '../errors/error-body.js';
import { InvalidRequest } from '../errors/invalid-request.js';

const PROBLEMS: Readonly<Record<string, InvalidRequest>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new InvalidRequest(['the request did not arrive in time'], 408),
  HPE_HEADER_OVERFLOW: new InvalidRequest(['the headers are too large'], 431),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new InvalidRequest(['the chunk extensions are too large'], 413),
};
const NO_HTTP = new InvalidRequest(['this is not a valid HTTP request']);

/** Answers bytes that are no HTTP request and closes the connection. Node would answer without the error body. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else closeWith(socket, PROBLEMS[error.code ?? ''] ?? NO_HTTP);
}

/** Refuses CONNECT, which asks for a tunnel. Node would close the connection without an answer. */
export function answerConnect(_request: IncomingMessage, socket: Duplex): void {
  // Node hands the socket over, and with it its errors: an unhandled one would end the process.
  socket.on('error', () => socket.destroy());
  closeWith(socket, new ServiceError('METHOD_NOT_ALLOWED'), 'Allow: GET, HEAD, OPTIONS, POST');
}

function closeWith(socket: Duplex, error: ServiceError, ...headers: readonly string[]): void {
  const body = JSON.stringify(errorBody(error, true));
  const head = [
    `HTTP/1.1 ${error.code} ${STATUS_CODES[error.code]}`,
    'Connection: close',
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  // Not only end(): a peer that never closes its side would hold the socket open.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
