import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  IncomingRequestDeserializer,
  type JsonSocket,
  type Deserializer,
  type IncomingEvent,
  type IncomingRequest,
  type Serializer,
  type TcpClientOptions,
  type TcpOptions,
} from '@nestjs/microservices';
import { PromptSocket } from '#replication';

/** Maximum length of a message, in characters. Larger data is sent in pages. */
const MAX_MESSAGE_LENGTH = 4 * 1024 * 1024;
/** How long a peer may pause in the middle of a message before it is disconnected, in milliseconds. */
const INCOMPLETE_MESSAGE_TIMEOUT_MS = 5000;
/** Maximum number of bytes buffered for a peer that does not read. */
const MAX_SEND_BUFFER_BYTES = 16 * 1024 * 1024;

/** Number of messages that this process has exchanged since its start, as a client and as a server. */
export const tcpTraffic = { sent: 0, received: 0 };

/**
 * Nest's framing with limits. After a broken frame the connection is destroyed: Nest would only half-close it, and
 * requests that the peer had already sent would still be executed.
 */
export class LimitedJsonSocket extends PromptSocket {
  constructor(socket: Socket) {
    super(socket, {
      maxBufferSize: MAX_MESSAGE_LENGTH,
      incompleteMessageTimeout: INCOMPLETE_MESSAGE_TIMEOUT_MS,
      maxSendBufferSize: MAX_SEND_BUFFER_BYTES,
    });
  }

  protected override handleSend(...args: Parameters<JsonSocket['handleSend']>): void {
    tcpTraffic.sent += 1;
    super.handleSend(...args);
  }

  protected override emitMessage(data: string): void {
    tcpTraffic.received += 1;
    super.emitMessage(data);
  }

  protected override handleDataError(error: Error): void {
    super.handleDataError(error, { destroy: true });
  }
}

/** Returns options for an app's TCP server, with the limits and the token check. */
export function tcpServerOptions(
  host: string,
  port: number,
  clusterToken?: string,
): NonNullable<TcpOptions['options']> {
  return {
    host,
    port,
    socketClass: LimitedJsonSocket,
    ...(clusterToken !== undefined && { deserializer: new TokenCheck(clusterToken) }),
  };
}

/** Returns options for a client of such a server, without its address. */
export function tcpClientOptions(clusterToken?: string): NonNullable<TcpClientOptions['options']> {
  return {
    socketClass: LimitedJsonSocket,
    ...(clusterToken !== undefined && { serializer: new TokenStamp(clusterToken) }),
  };
}

/** Adds the token to every message. */
class TokenStamp implements Serializer {
  constructor(private readonly token: string) {}

  serialize(packet: object): unknown {
    return { ...packet, token: this.token };
  }
}

/** Replaces the pattern of a message without the right token. Nothing handles it. */
const DENIED = 'denied: wrong or missing CLUSTER_TOKEN';

class TokenCheck implements Deserializer {
  private readonly inner = new IncomingRequestDeserializer();
  private readonly expected: Buffer;

  constructor(token: string) {
    this.expected = digest(token);
  }

  deserialize(packet: {
    token?: unknown;
    id?: string;
  }): IncomingRequest | IncomingEvent | Promise<IncomingRequest | IncomingEvent> {
    const token = typeof packet.token === 'string' ? packet.token : '';
    if (timingSafeEqual(digest(token), this.expected)) return this.inner.deserialize(packet);
    return { pattern: DENIED, data: {}, ...(packet.id !== undefined && { id: packet.id }) };
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
