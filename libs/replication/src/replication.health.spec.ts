import { HttpException } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Counter } from '../testing/counter.js';
import { createTestCluster } from '../testing/test-cluster.js';
import { ReplicationHealth } from './replication.health.js';

describe('the health of a member', () => {
  const cluster = createTestCluster({ stateMachine: () => new Counter() });
  afterEach(() => cluster.close());

  it("has Terminus's form of up and down", async () => {
    const module = await Test.createTestingModule({ imports: [TerminusModule.forRoot({ logger: false })] }).compile();
    const terminus = module.get(HealthCheckService);
    const { id, log } = await cluster.leader();
    const check = (): ReturnType<typeof terminus.check> => terminus.check([() => new ReplicationHealth(log).check()]);
    expect(await check()).toMatchObject({ status: 'ok', details: { test: { status: 'up', role: 'leader' } } });

    cluster.partition([id], cluster.others(id));
    await cluster.run(2000);
    const failure: unknown = await check().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HttpException);
    expect((failure as HttpException).getResponse()).toMatchObject({
      error: { test: { status: 'down', message: 'it knows no leader' } },
    });
    expect(new ReplicationHealth(log).check('mine')).toHaveProperty('mine.status', 'down');
    await module.close();
  });
});
