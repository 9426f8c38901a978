import type { AddressInfo, Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { describe, expect, it } from 'vitest';
import { transportContract, type TransportHarness } from '../../testing/contracts/transport.contract.js';
import { ReplicatedLog } from '../replicated-log.service.js';
import { ReplicationController } from './replication.controller.js';
import { TcpTransport, type MessageBatch } from './tcp-transport.js';

const HOST = '127.0.0.1';
const WAIT_LIMIT_MS = 5000;

/** The receiving end of a member: the real controller, and a transport that may come later. */
@Module({})
class Receiver {
  static of(deliver: (batch: MessageBatch) => void): DynamicModule {
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
      options: { host: HOST, port: this.ports.get(id) ?? 0 },
      logger: false,
    });
    await app.listen();
    this.apps.set(id, app);
    this.ports.set(id, (app.unwrap<Server>().address() as AddressInfo).port);
  }
}

transportContract('TcpTransport', () => new TcpHarness());

describe('TcpTransport', () => {
  it('drops what is meant for another group or another member', () => {
    const transport = new TcpTransport('test', 1, [{ id: 1, host: HOST, port: 1 }]);
    const received: unknown[] = [];
    transport.start({ receive: (messages) => received.push(...messages), connectionLost: () => undefined });
    const message = { type: 'timeoutNow', from: 2, to: 1, term: 1 } as const;
    transport.deliver({ group: 'other', messages: [message] });
    transport.deliver({ group: 'test', messages: [{ ...message, to: 3 }] });
    expect(received).toEqual([]);
    transport.deliver({ group: 'test', messages: [message] });
    expect(received).toEqual([message]);
    transport.close();
  });
});
