import { Socket } from 'node:net';
import { JsonSocket } from '@nestjs/microservices';
import { expect, it, vi } from 'vitest';
import { promptTcp } from './prompt-tcp.js';

it('makes sockets that send at once, in the framing and with the limits of Nest', () => {
  const options = promptTcp({ host: 'somewhere', port: 1, maxBufferSize: 1234 });
  expect(options).toMatchObject({ host: 'somewhere', port: 1, maxBufferSize: 1234 });
  const socket = new Socket();
  const setNoDelay = vi.spyOn(socket, 'setNoDelay');
  const framed = new options.socketClass!(socket);
  expect(setNoDelay).toHaveBeenCalledWith(true);
  expect(framed).toBeInstanceOf(JsonSocket);
  expect(framed).toMatchObject({ maxBufferSize: 1234 });
});

it('leaves a socket class of its user alone', () => {
  class Own extends JsonSocket {}
  const options = { socketClass: Own, port: 1 };
  expect(promptTcp(options)).toBe(options);
});
