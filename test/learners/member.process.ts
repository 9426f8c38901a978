/** One member of a group of counters, voter or learner: a small Nest app, to be run as a process of its own. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  MemberServer,
  ReplicatedLog,
  ReplicationErrorFilter,
  ReplicationModule,
  SameGroupPipe,
  stopProcess,
  type ReplicationOptions,
} from '../../libs/replication/src/index.js';
import { Counters, type Addition, type Recorded } from './counters.js';

/** The settings of a member, given in the variable MEMBER as JSON. */
export interface MemberSettings {
  readonly port: number;
  readonly options: Omit<ReplicationOptions, 'stateMachine'>;
  /** A deliberate bug: reads are answered from the tables as they happen to be. */
  readonly readsAtOnce: boolean;
  /** Additional time that each sync takes, in milliseconds. */
  readonly diskMs: number;
}

const HOST = '127.0.0.1';
const { port, options, readsAtOnce, diskMs } = JSON.parse(process.env['MEMBER'] ?? '{}') as MemberSettings;
const stateMachine = new Counters();

@Controller()
class CountersController {
  constructor(private readonly log: ReplicatedLog<Addition, number>) {}

  /** Returns the number of the addition. */
  @MessagePattern('add')
  add(@Payload() { counter, key }: Addition): Promise<number> {
    return this.log.propose({ counter, key });
  }

  @MessagePattern('count')
  async count(@Payload() { counter }: { readonly counter: string }): Promise<number> {
    if (options.role !== 'learner') await this.log.read();
    else if (!readsAtOnce) await this.log.readLocal({ touches: (command) => command.counter === counter });
    return stateMachine.countOf(counter);
  }

  @MessagePattern('record')
  record(): readonly Recorded[] {
    return stateMachine.record();
  }

  /** Proposes one after the other for a while, and returns how long each took, in milliseconds: no client is in the way. */
  @MessagePattern('work')
  async work(@Payload() { ms }: { readonly ms: number }): Promise<readonly number[]> {
    const times: number[] = [];
    for (const until = performance.now() + ms; performance.now() < until;) {
      const askedAt = performance.now();
      await this.log.propose({ counter: 'work', key: 'work' });
      times.push(performance.now() - askedAt);
    }
    return times;
  }
}

@Module({
  imports: [ReplicationModule.forRoot({ ...options, stateMachine })],
  controllers: [CountersController],
})
class CountersModule {}

/** A sync holds up the thread that asks for it, as for a disk that takes its time; the processor is free meanwhile. */
function slowDown(ms: number): void {
  const { fdatasyncSync } = fs;
  const never = new Int32Array(new SharedArrayBuffer(4));
  fs.fdatasyncSync = (fd) => {
    Atomics.wait(never, 0, 0, ms);
    fdatasyncSync(fd);
  };
  syncBuiltinESMExports();
}

try {
  if (diskMs > 0) slowDown(diskMs);
  const strategy = new MemberServer({ host: HOST, port });
  const app = await NestFactory.createMicroservice(CountersModule, { strategy, abortOnError: false });
  app.useGlobalPipes(app.get(SameGroupPipe)).useGlobalFilters(new ReplicationErrorFilter());
  app.enableShutdownHooks();
  await app.listen();
} catch (error) {
  stopProcess(error);
}
