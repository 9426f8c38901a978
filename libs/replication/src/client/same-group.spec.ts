import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Counter } from '../../testing/counter.js';
import { ReplicationError, WrongGroup } from '../errors.js';
import { ReplicatedLog } from '../replicated-log.service.js';
import { ReplicationErrorFilter } from '../replication-error.filter.js';
import { ReplicationModule } from '../replication.module.js';
import { SameGroupPipe } from '../transport/same-group.pipe.js';
import { answerEach, type CallBatch, type CallResult } from './answer-each.js';
import { GroupClient } from './group-client.js';

/** Payloads that handlers have received. */
const received: unknown[] = [];
let directory: string;
let port: number;
let app: INestMicroservice;
let client: GroupClient;

@Controller()
class CounterController {
  constructor(private readonly log: ReplicatedLog<{ add: number }, number>) {}

  @MessagePattern('add')
  add(@Payload() payload: { by: number }): Promise<number> {
    received.push(payload);
    return this.log.propose({ add: payload.by });
  }

  @MessagePattern('addEach')
  addEach(@Payload() payload: CallBatch): Observable<readonly CallResult[]> {
    received.push(payload);
    return answerEach(
      payload.calls,
      (call) => this.log.propose({ add: (call as { by: number }).by }),
      (error) => (error instanceof ReplicationError ? error.toWire() : error),
    );
  }
}

/** Starts a group of one member, as its users write it. */
async function start(dataDir: string): Promise<void> {
  const voters = [{ id: 1, host: '127.0.0.1', port }];
  @Module({
    imports: [
      ReplicationModule.forRoot({
        group: 'counter',
        ...{ id: 1, voters, stateMachine: new Counter(), dataDir: join(directory, dataDir) },
      }),
    ],
    controllers: [CounterController],
  })
  class CounterModule {}
  app = await NestFactory.createMicroservice<MicroserviceOptions>(CounterModule, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: false,
  });
  app.useGlobalPipes(app.get(SameGroupPipe));
  app.useGlobalFilters(new ReplicationErrorFilter());
  await app.listen();
}

function connect(staysWithGroup: boolean): GroupClient {
  return new GroupClient({ group: 'counter', voters: [{ id: 1, host: '127.0.0.1', port }], staysWithGroup });
}

function add(pattern: 'add' | 'addEach', by: number): Promise<unknown> {
  return client.call(pattern, { by }, { timeoutMs: 5000, repeatable: true, isBatched: pattern === 'addEach' });
}

beforeEach(async () => {
  received.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'same-group-'));
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  port = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  await start('first');
});

afterEach(async () => {
  client.close();
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});

it.each(['add', 'addEach'] as const)('a client stays with the group that has answered first: %s', async (pattern) => {
  client = connect(true);
  // It learns the id in parallel to its calls.
  await expect.poll(() => add(pattern, 1).then(() => client.knownGroup), { timeout: 20_000 }).toBeDefined();
  await app.close();
  await start('second');
  await expect.poll(() => app.get(ReplicatedLog).groupId, { timeout: 20_000 }).not.toBeNull();
  await expect(add(pattern, 7)).rejects.toBeInstanceOf(WrongGroup);
  await expect(add(pattern, 7)).rejects.toThrow(
    /belongs to group [0-9a-f]{32}, and the request is for group [0-9a-f]{32}/,
  );
  // Nothing was executed, and handlers see only the caller's payload.
  expect(app.get(ReplicatedLog).status().lastIndex).toBe(1);
  const members = received.map((payload) =>
    Object.keys(payload as object)
      .toSorted()
      .join(),
  );
  expect(new Set(members)).toEqual(new Set([pattern === 'add' ? 'by,timeoutMs' : 'calls']));
});

it('a client that need not stay with a group continues with the next one', async () => {
  client = connect(false);
  for (const by of [1, 2, 3]) await add('add', by);
  await app.close();
  await start('second');
  await expect.poll(() => add('add', 7).catch(() => 0), { timeout: 20_000 }).toBe(7);
});
