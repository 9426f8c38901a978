import type { AddressInfo, Server } from 'node:net';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { NotLeader, OutcomeUnknown, ReplicationError } from '../errors.js';
import { answerEach, type CallBatch, type CallResult } from './answer-each.js';
import { GroupClient, type CallOptions } from './group-client.js';

interface Trade {
  readonly id: number;
  readonly timeoutMs: number;
}

type Handle = (trade: Trade, member: Member) => unknown;

/** A member as its users write it: an ordinary Nest app that answers batches over TCP. */
class Member {
  /** The ids of each batch received. */
  readonly batches: number[][] = [];
  private app: INestMicroservice | undefined;

  private constructor(
    readonly id: number,
    private readonly handle: Handle,
  ) {}

  static async start(id: number, handle: Handle): Promise<Member> {
    const member = new Member(id, handle);

    @Controller()
    class TradeController {
      @MessagePattern('trade')
      trade(@Payload() { calls }: CallBatch): Observable<readonly CallResult[]> {
        return member.take(calls as readonly Trade[]);
      }
    }

    @Module({ controllers: [TradeController] })
    class TradeModule {}

    member.app = await NestFactory.createMicroservice<MicroserviceOptions>(TradeModule, {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: 0 },
      logger: false,
    });
    await member.app.listen();
    return member;
  }

  get address(): { id: number; host: string; port: number } {
    return { id: this.id, host: '127.0.0.1', port: (this.app!.unwrap<Server>().address() as AddressInfo).port };
  }

  async stop(): Promise<void> {
    await this.app?.close();
  }

  private take(calls: readonly Trade[]): Observable<readonly CallResult[]> {
    this.batches.push(calls.map(({ id }) => id));
    return answerEach(
      calls,
      // A handler that throws at once rejects as well.
      (call) => new Promise((resolve) => resolve(this.handle(call as Trade, this))),
      (error) => (error instanceof ReplicationError ? error.toWire() : error),
    );
  }
}

const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).toReversed()) await part.stop();
});

/** Starts a group. The client asks the last member first. */
async function group(...handles: readonly Handle[]): Promise<{ members: Member[]; client: GroupClient }> {
  const members = await Promise.all(handles.map((handle, i) => Member.start(i + 1, handle)));
  const client = new GroupClient({ group: 'order', voters: members.map(({ address }) => address) });
  running.push(...members, { stop: () => client.close() });
  return { members, client };
}

const OPTIONS: CallOptions = { timeoutMs: 5000, repeatable: true, isBatched: true };

function call(client: GroupClient, id: number, options: Partial<CallOptions> = {}): Promise<unknown> {
  return client.call('trade', { id }, { ...OPTIONS, ...options });
}

const echo: Handle = ({ id }) => `done ${id}`;
const never: Handle = () => new Promise(() => undefined);
const range = (count: number): number[] => [...Array(count).keys()];

describe('calls of one turn', () => {
  it('share a message, keep their order, and get an answer each', async () => {
    const { client, members } = await group(echo);
    expect(await Promise.all([call(client, 1), call(client, 2), call(client, 3)])).toEqual([
      'done 1',
      'done 2',
      'done 3',
    ]);
    expect(await call(client, 4)).toBe('done 4');
    expect(members[0]?.batches).toEqual([[1, 2, 3], [4]]);
  });

  it('are sent in several messages if there are too many for one', async () => {
    const { client, members } = await group(echo);
    await Promise.all(range(600).map((id) => call(client, id)));
    expect(members[0]?.batches.map(({ length }) => length)).toEqual([256, 256, 88]);
    expect(members[0]?.batches.flat()).toEqual(range(600));
  });

  it('do not fail if one of them fails', async () => {
    const refusal = { code: 422, reason: 'TOO_MUCH', message: 'too much' };
    const { client } = await group(({ id }) => {
      if (id === 2) throw refusal as unknown as Error;
      return `done ${id}`;
    });
    const results = await Promise.allSettled([call(client, 1), call(client, 2), call(client, 3)]);
    expect(results).toEqual([
      { status: 'fulfilled', value: 'done 1' },
      { status: 'rejected', reason: refusal },
      { status: 'fulfilled', value: 'done 3' },
    ]);
  });

  it('do not wait for a slow one', async () => {
    const { client } = await group((trade, member) => (trade.id === 1 ? never(trade, member) : echo(trade, member)));
    const slow = call(client, 1, { timeoutMs: 300, repeatable: false });
    expect(await call(client, 2)).toBe('done 2');
    await expect(slow).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('have a deadline each, which is sent with them', async () => {
    const { client } = await group(({ timeoutMs }) => timeoutMs);
    const [short, long] = await Promise.all([call(client, 1, { timeoutMs: 400 }), call(client, 2, { timeoutMs: 900 })]);
    expect(short).toBeGreaterThan(0);
    expect(short).toBeLessThanOrEqual(400);
    expect(long).toBeGreaterThan(400);
    expect(long).toBeLessThanOrEqual(900);
  });

  it('are refused beyond a limit, but not within it', async () => {
    const { client } = await group(never);
    const within = Promise.allSettled(range(8192).map((id) => call(client, id, { repeatable: false })));
    await expect(call(client, 8192)).rejects.toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 100 });
    client.close();
    const reasons = (await within).map(
      (result) => result.status === 'rejected' && result.reason instanceof OutcomeUnknown,
    );
    expect(reasons.every((isUnknown) => isUnknown)).toBe(true);
  });
});

describe('when leadership moves in the middle of a batch', () => {
  it('calls that were not executed follow the leader, together and in order', async () => {
    const { client, members } = await group(echo, never, ({ id }, member) => {
      if (id > 2) throw new NotLeader({ ...member.address, id: 1 });
      return `done ${id}`;
    });
    expect(await Promise.all(range(5).map((id) => call(client, id)))).toEqual(range(5).map((id) => `done ${id}`));
    expect(members.map(({ batches }) => batches)).toEqual([[[3, 4]], [], [[0, 1, 2, 3, 4]]]);
  });
});

describe('when the connection breaks in the middle of a batch', () => {
  /** Starts a group whose leader answers the first call of a batch, and then can be killed. */
  async function dying(): Promise<{ members: Member[]; client: GroupClient; die: () => Promise<void> }> {
    const parts = await group(echo, echo, (trade, member) => (trade.id === 0 ? 'in time' : never(trade, member)));
    return { ...parts, die: () => parts.members[2]!.stop() };
  }

  it('answered calls stay answered, and each of the others is repeated with its id', async () => {
    const { client, members, die } = await dying();
    const [first, ...others] = range(4).map((id) => call(client, id));
    expect(await first).toBe('in time');
    await die();
    expect(await Promise.all(others)).toEqual(['done 1', 'done 2', 'done 3']);
    expect(members.flatMap(({ batches }) => batches)).toEqual([
      [1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('calls that must not be repeated end with an unknown outcome', async () => {
    const { client, members, die } = await dying();
    const [first, ...others] = range(3).map((id) => call(client, id, { repeatable: false }));
    await first;
    const results = Promise.allSettled(others);
    await die();
    const unknown = { status: 'rejected', reason: expect.any(OutcomeUnknown) as unknown };
    expect(await results).toEqual([unknown, unknown]);
    expect(members.flatMap(({ batches }) => batches)).toEqual([[0, 1, 2]]);
  });
});
