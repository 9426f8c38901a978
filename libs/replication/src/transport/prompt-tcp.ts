import type { Socket } from 'node:net';
import { JsonSocket, type TcpClientOptions } from '@nestjs/microservices';

type TcpSettings = Pick<
  NonNullable<TcpClientOptions['options']>,
  'host' | 'port' | 'socketClass' | 'maxBufferSize' | 'incompleteMessageTimeout' | 'maxSendBufferSize'
>;

/**
 * Nest's framing on a connection that sends at once. Otherwise a small message waits until the one before is acknowledged
 * (Nagle's algorithm, RFC 896), and the other side may put that off (RFC 1122, 4.2.3.2), on Linux for 40 ms.
 */
export class PromptSocket extends JsonSocket {
  constructor(socket: Socket, limits: TcpSettings) {
    super(socket, limits);
    socket.setNoDelay(true);
  }
}

/**
 * Returns options of a Nest TCP server or client whose connections are `PromptSocket`s. Options with a socket class of their own
 * stay as they are.
 */
export function promptTcp<Options extends TcpSettings>(options: Options): Options & Pick<TcpSettings, 'socketClass'> {
  return options.socketClass ? options : { ...options, socketClass: promptSocket(options) };
}

/** A socket class with the limits built in: Nest passes them to no class but its own. */
function promptSocket(limits: TcpSettings): NonNullable<TcpSettings['socketClass']> {
  return class extends PromptSocket {
    constructor(socket: Socket) {
      super(socket, limits);
    }
  };
}
