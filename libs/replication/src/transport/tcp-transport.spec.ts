import type { AddressInfo, Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transportContract, type TransportHarness } from '../../testing/contracts/transport.contract.js';
import type { Message } from '../core/messages.js';
import { ReplicatedLog } from '../replicated-log.service.js';
import { ReplicationController } from './replication.controller.js';
import { DroppedMessages } from './dropped-messages.js';
import { TcpTransport } from './tcp-transport.js';

const HOST = '127.0.0.1';
const WAIT_LIMIT_MS = 5000;
/** A receiver's limit for one frame, in characters. */
const MAX_BUFFER_LENGTH = 4 * 1024 * 1024;

/** The receiving end of a member: the real controller, with a transport that may be set later. */
@Module({})
class Receiver {
  static of(deliver: (batch: unknown) => void): DynamicModule {
    return {
      module: Receiver,
      controllers: [ReplicationController],
      providers: [
        { provide: TcpTransport, useValue: { deliver } },
        { provide: ReplicatedLog, useValue: {} },
      ],
    };
  }
}

/** Three members with real sockets; all listen before the first one sends. */
class TcpHarness implements TransportHarness {
  private readonly apps = new Map<number, INestMicroservice>();
  private readonly transports = new Map<number, TcpTransport>();
  private readonly ports = new Map<number, number>();
  private readonly listening = Promise.all([1, 2, 3].map((id) => this.listen(id)));

  async start(id: number, receiver: Parameters<TransportHarness['start']>[1]): Promise<TcpTransport> {
    await this.listening;
    if (!this.apps.has(id)) await this.listen(id);
    const members = [...this.ports].map(([member, port]) => ({ id: member, host: HOST, port }));
    const transport = new TcpTransport('test', id, members);
    this.transports.set(id, transport);
    transport.start(receiver);
    return transport;
  }

  async kill(id: number): Promise<void> {
    this.transports.get(id)?.close();
    this.transports.delete(id);
    await this.apps.get(id)?.close();
    this.apps.delete(id);
  }

  async waitFor(isSo: () => boolean): Promise<boolean> {
    const end = performance.now() + WAIT_LIMIT_MS;
    while (!isSo() && performance.now() < end) await setTimeout(10);
    return isSo();
  }

  async dispose(): Promise<void> {
    await this.listening;
    for (const id of [...this.apps.keys()]) await this.kill(id);
  }

  private async listen(id: number): Promise<void> {
    const receiver = Receiver.of((batch) => this.transports.get(id)?.deliver(batch));
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(receiver, {
      transport: Transport.TCP,
      options: { host: HOST, port: this.ports.get(id) ?? 0, maxBufferSize: MAX_BUFFER_LENGTH },
      logger: false,
    });
    await app.listen();
    this.apps.set(id, app);
    this.ports.set(id, (app.unwrap<Server>().address() as AddressInfo).port);
  }
}

transportContract('TcpTransport', () => new TcpHarness());

describe('TcpTransport', () => {
  const members = [1, 2, 3].map((id) => ({ id, host: HOST, port: id }));
  const message = { type: 'timeoutNow', from: 2, to: 1, term: 1 } as const;
  const stamp = { groupId: null, incarnation: 'i', knows: [] };
  const frame = (...messages: readonly unknown[]) => ({ group: 'test', from: 2, to: 1, stamp, messages });
  const warnings: string[] = [];
  const received: unknown[] = [];
  let now = 0;
  let dropped: DroppedMessages;
  let transport: TcpTransport;

  beforeEach(() => {
    warnings.length = received.length = now = 0;
    dropped = new DroppedMessages({ warn: (line) => warnings.push(line) }, () => now);
    transport = new TcpTransport('test', 1, members, {}, dropped);
    transport.start({ receive: ({ messages }) => received.push(...messages), connectionLost: () => undefined });
  });
  afterEach(() => transport.close());

  it('drops batches for another group or another member', () => {
    transport.deliver({ ...frame(message), group: 'other' });
    transport.deliver({ ...frame(message), to: 3 });
    transport.deliver(frame({ ...message, to: 3 }));
    expect(received).toEqual([]);
    transport.deliver(frame(message));
    expect(received).toEqual([message]);
  });

  it.each([
    ...[5, 'abc', null, undefined, [], {}, { messages: [message] }, { ...frame(message), messages: 5 }],
    ...[1, 4, '2', null].map((from) => ({ ...frame(message), from })),
    ...[undefined, 5, [], {}, { ...stamp, groupId: 5 }, { ...stamp, groupId: '' }].map((wrong) => ({
      ...frame(message),
      stamp: wrong,
    })),
    ...[null, 5, '', 'x'.repeat(65)].map((incarnation) => ({ ...frame(message), stamp: { ...stamp, incarnation } })),
    ...[null, 'i', [5], Array(9).fill('i')].map((knows) => ({ ...frame(message), stamp: { ...stamp, knows } })),
  ])('drops anything but a batch: %j', (batch) => {
    transport.deliver(batch);
    expect([received, dropped.total]).toEqual([[], 1]);
  });

  it('drops malformed messages, and accepts the others of the batch', () => {
    transport.deliver(frame({ ...message, term: 1e300 }, message, { ...message, from: 3 }, 7));
    expect([received, dropped.total]).toEqual([[message], 3]);
  });

  it('reports dropped messages at intervals', () => {
    for (let i = 0; i < 1000; i += 1) transport.deliver(frame({ ...message, term: '1' }));
    now = 10_000;
    transport.deliver(5);
    expect(warnings).toEqual([
      'dropped a message that no member of this group sends; the last one was timeoutNow with an impossible term',
      'dropped 1000 messages that no member of this group sends; the last one was not in a batch',
    ]);
  });

  it('splits messages to a member that lags into frames that the member accepts', async () => {
    const harness = new TcpHarness();
    const arrived: Message[] = [];
    let lost = 0;
    const sender = await harness.start(1, { receive: () => undefined, connectionLost: () => (lost += 1) });
    await harness.start(2, { receive: ({ messages }) => arrived.push(...messages), connectionLost: () => undefined });
    // Encoding a frame doubles the length of quotes.
    const data = '"'.repeat(256 * 1024);
    const envelope = { type: 'append', from: 1, to: 2, term: 1, commitIndex: 0, round: 1, amnesia: false } as const;
    const appends = Array.from({ length: 16 }, (_, i) => ({
      ...envelope,
      ...{ prevIndex: i, prevTerm: 1, entries: [{ index: i + 1, term: 1, data }], recovered: null },
    }));
    sender.send([{ from: 1, to: 2, stamp, messages: appends }]);
    expect(await harness.waitFor(() => arrived.length === appends.length)).toBe(true);
    expect([arrived.map((append) => 'prevIndex' in append && append.prevIndex), lost]).toEqual([
      appends.map(({ prevIndex }) => prevIndex),
      0,
    ]);
    await harness.dispose();
  });

  it('rejects a term that is far above its own', () => {
    const far = { ...message, term: 2 ** 33 };
    transport.deliver(frame(far));
    expect(received).toEqual([]);
    transport.send([{ from: 1, to: 9, stamp, messages: [{ ...message, from: 1, to: 9, term: 2 ** 32 }] }]);
    transport.deliver(frame(far));
    expect(received).toEqual([far]);
  });
});
