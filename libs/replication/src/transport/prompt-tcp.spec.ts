import { Socket } from 'node:net';
import { JsonSocket } from '@nestjs/microservices';
import { expect, it, vi } from 'vitest';
import { promptTcp } from './prompt-tcp.js';

it("creates sockets that send at once, with Nest's framing and limits", () => {
  const options = promptTcp({ host: 'somewhere', port: 1, maxBufferSize: 1234 });
  expect(options).toMatchObject({ host: 'somewhere', port: 1, maxBufferSize: 1234 });
  const socket = new Socket();
  const setNoDelay = vi.spyOn(socket, 'setNoDelay');
  const framed = new options.socketClass!(socket);
  expect(setNoDelay).toHaveBeenCalledWith(true);
  expect(framed).toBeInstanceOf(JsonSocket);
  expect(framed).toMatchObject({ maxBufferSize: 1234 });
});

it("keeps the user's socket class", () => {
  class Own extends JsonSocket {}
  const options = { socketClass: Own, port: 1 };
  expect(promptTcp(options)).toBe(options);
});
