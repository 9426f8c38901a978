import { Logger } from '@nestjs/common';
import {
  ClientProxyFactory,
  Transport as NestTransport,
  type ClientProxy,
  type TcpClientOptions,
} from '@nestjs/microservices';
import type { MemberId, Message } from '../core/messages.js';
import type { Batch, Transport, TransportReceiver } from '../ports.js';
import type { MemberAddress } from '../errors.js';
import { DroppedMessages } from './dropped-messages.js';
import { parseBatch } from './parse-batch.js';
import { promptTcp } from './prompt-tcp.js';

/** The pattern of the one-way messages between members. */
export const MESSAGES_PATTERN = 'replication.messages';

/** A batch on the wire. */
export interface Frame extends Batch {
  /** Name of the group. Two groups with the same name have different ids. */
  readonly group: string;
}

/** Maximum number of characters of data in one frame, before encoding; receivers disconnect on frames of a few MiB. */
const MAX_FRAME_LENGTH = 512 * 1024;

/** Sends with one Nest TCP client per peer, and one `emit` per peer and turn unless it gets too long. The core tolerates lost messages. */
export class TcpTransport implements Transport {
  private readonly proxies: ReadonlyMap<MemberId, ClientProxy>;
  private readonly peers: ReadonlySet<MemberId>;
  private receiver: TransportReceiver | undefined;
  /** The newest term in messages sent by this member. */
  private newestTerm = 0;

  constructor(
    private readonly group: string,
    private readonly id: MemberId,
    members: readonly MemberAddress[],
    tcp: NonNullable<TcpClientOptions['options']> = {},
    private readonly dropped = new DroppedMessages(new Logger(`${group}-${id}`), () => performance.now()),
  ) {
    const peers = members.filter((member) => member.id !== id);
    this.peers = new Set(peers.map((peer) => peer.id));
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

  send(batches: readonly Batch[]): void {
    for (const batch of batches) {
      for (const { term } of batch.messages) this.newestTerm = Math.max(this.newestTerm, term);
      for (const messages of framesOf(batch.messages)) this.emit({ ...batch, messages, group: this.group });
    }
  }

  private emit(frame: Frame): void {
    const sent = this.proxies.get(frame.to)?.emit(MESSAGES_PATTERN, frame);
    sent?.subscribe({ error: () => this.receiver?.connectionLost(frame.to) });
  }

  /** Accepts a frame from a peer or a stranger; called by the controller, synchronously. Drops malformed messages. */
  deliver(frame: unknown): void {
    if (!this.receiver) return;
    const { group, id, peers, newestTerm: term } = this;
    const batch = parseBatch(frame, { group, id, peers, term }, (problem) => this.dropped.add(problem));
    if (batch) this.receiver.receive(batch);
  }

  close(): void {
    this.receiver = undefined;
    for (const proxy of this.proxies.values()) void proxy.close();
  }
}

/** Splits messages into frames of bounded length. The core limits the length of each message. A greeting is one empty frame. */
function framesOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  if (messages.length === 0) return [[]];
  const frames: Message[][] = [];
  let room = 0;
  for (const message of messages) {
    const length = lengthOf(message);
    const frame = frames.at(-1);
    if (frame && length <= room) frame.push(message);
    else {
      frames.push([message]);
      room = MAX_FRAME_LENGTH;
    }
    room -= length;
  }
  return frames;
}

function lengthOf(message: Message): number {
  if (message.type === 'snapshotPage') return message.data.length;
  if (message.type !== 'append') return 0;
  return message.entries.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
}

function createProxy(options: NonNullable<TcpClientOptions['options']>): ClientProxy {
  return ClientProxyFactory.create({ transport: NestTransport.TCP, options: promptTcp(options) });
}
