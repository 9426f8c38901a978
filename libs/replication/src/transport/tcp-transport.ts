import {
  ClientProxyFactory,
  Transport as NestTransport,
  type ClientProxy,
  type TcpClientOptions,
} from '@nestjs/microservices';
import type { MemberId, Message } from '../core/messages.js';
import type { Transport, TransportReceiver } from '../driver/ports.js';
import type { LeaderAddress } from '../errors.js';

/** The pattern of the one-way messages between members. */
export const MESSAGES_PATTERN = 'replication.messages';

/** What goes over the wire: everything for one member from one turn of work. */
export interface MessageBatch {
  readonly group: string;
  readonly messages: readonly Message[];
}

/** One Nest TCP client per peer, one `emit` per peer and turn. A lost message is the core's business. */
export class TcpTransport implements Transport {
  private readonly proxies: ReadonlyMap<MemberId, ClientProxy>;
  private receiver: TransportReceiver | undefined;

  constructor(
    private readonly group: string,
    private readonly id: MemberId,
    members: readonly LeaderAddress[],
    tcp: NonNullable<TcpClientOptions['options']> = {},
  ) {
    const peers = members.filter((member) => member.id !== id);
    this.proxies = new Map(peers.map(({ id: peer, host, port }) => [peer, createProxy({ ...tcp, host, port })]));
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    for (const [peer, proxy] of this.proxies) {
      proxy.status.subscribe((status) => {
        if (status === 'disconnected') receiver.connectionLost(peer);
      });
    }
  }

  send(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    for (const [peer, proxy] of this.proxies) {
      const batch = messages.filter((message) => message.to === peer);
      if (batch.length === 0) continue;
      const payload: MessageBatch = { group: this.group, messages: batch };
      proxy.emit(MESSAGES_PATTERN, payload).subscribe({ error: () => this.receiver?.connectionLost(peer) });
    }
  }

  /** Takes what a peer sent; called by the controller, synchronously. */
  deliver({ group, messages }: MessageBatch): void {
    if (group === this.group) this.receiver?.receive(messages.filter((message) => message.to === this.id));
  }

  close(): void {
    this.receiver = undefined;
    for (const proxy of this.proxies.values()) void proxy.close();
  }
}

function createProxy(options: NonNullable<TcpClientOptions['options']>): ClientProxy {
  return ClientProxyFactory.create({ transport: NestTransport.TCP, options });
}
