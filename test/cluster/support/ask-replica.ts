import { connect } from 'node:net';
import type { ReplicaStatus } from '../../../libs/replication/src/replica-status.js';

/**
 * Sends one request to one process in Nest's TCP framing, on a separate connection. It gets the answer of exactly this process,
 * without a client library that would search for a leader. Resolves to undefined if there is no answer in time.
 */
export function askReplica<T>(port: number, pattern: string, data: object, timeoutMs = 1000): Promise<T | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8').setTimeout(timeoutMs);
    const settle = (answer?: T): void => {
      resolve(answer);
      socket.destroy();
    };
    let received = '';
    socket.once('connect', () => {
      const text = JSON.stringify({ pattern, data, id: '1' });
      socket.write(`${text.length}#${text}`);
    });
    socket.on('data', (chunk: string) => {
      received += chunk;
      const start = received.indexOf('#') + 1;
      if (start === 0 || received.length < start + Number(received.slice(0, start - 1))) return;
      settle((JSON.parse(received.slice(start)) as { response?: T }).response);
    });
    socket.once('timeout', () => settle());
    socket.once('error', () => settle());
    socket.once('close', () => settle());
  });
}

export function askStatus(port: number, timeoutMs?: number): Promise<ReplicaStatus | undefined> {
  return askReplica<ReplicaStatus>(port, 'replication.status', {}, timeoutMs);
}
