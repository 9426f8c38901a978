import type { Socket } from 'node:net';
import { JsonSocket, type TcpClientOptions } from '@nestjs/microservices';

type TcpSettings = Pick<
  NonNullable<TcpClientOptions['options']>,
  'host' | 'port' | 'socketClass' | 'maxBufferSize' | 'incompleteMessageTimeout' | 'maxSendBufferSize'
>;

/**
 * Returns options of a Nest TCP server or client whose connections send at once. Without it a small message waits until
 * the one before is acknowledged (Nagle's algorithm, RFC 896), and the other side may put that off (RFC 1122, 4.2.3.2), on
 * Linux for 40 ms.
 * Options with a socket class of their own stay as they are.
 */
export function promptTcp<Options extends TcpSettings>(options: Options): Options & Pick<TcpSettings, 'socketClass'> {
  return options.socketClass ? options : { ...options, socketClass: promptSocket(options) };
}

/** A socket class with the limits built in: Nest passes them to no class but its own. */
function promptSocket(limits: TcpSettings): NonNullable<TcpSettings['socketClass']> {
  return class extends JsonSocket {
    constructor(socket: Socket) {
      super(socket, limits);
      socket.setNoDelay(true);
    }
  };
}
