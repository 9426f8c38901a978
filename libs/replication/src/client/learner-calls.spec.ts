import { afterEach, describe, expect, it } from 'vitest';
import { FakeMember, type Answer } from '../../test/fake-member.js';
import { NoLearner } from '../errors.js';
import { GroupClient } from './group-client.js';

const learners: FakeMember[] = [];
let group: GroupClient | undefined;

/** A client of learners, each with one of these answers to `read`. */
async function clientOf(...answers: Answer[]): Promise<GroupClient> {
  for (const [i, answer] of answers.entries())
    learners.push(
      await FakeMember.start(101 + i, (pattern) => (pattern === 'read' ? answer : { err: 'not asked for' })),
    );
  group = new GroupClient({
    group: 'test',
    voters: [{ id: 1, host: '127.0.0.1', port: 1 }],
    learners: learners.map(({ address }) => address),
    rpcTimeoutMs: 200,
  });
  return group;
}

function reads(): readonly number[] {
  return learners.map(({ asked }) => asked.filter((pattern) => pattern === 'read').length);
}

afterEach(() => {
  group?.close();
  for (const learner of learners.splice(0)) learner.stop();
});

describe('a call to learners', () => {
  it('stays with one that answers', async () => {
    const client = await clientOf({ response: 'a' }, { response: 'b' });
    const first = await client.callLearner('read', {}, { timeoutMs: 1000 });
    for (let i = 0; i < 4; i += 1) expect(await client.callLearner('read', {}, { timeoutMs: 1000 })).toBe(first);
    expect([...reads()].sort()).toEqual([0, 5]);
  });

  it.each<[string, Answer]>([
    ['is silent', 'silence'],
    ['breaks off', 'reset'],
    ['reports that it cannot serve', { err: { reason: 'CATALOG_UNAVAILABLE', message: 'no stocks' } }],
    ['has no good enough answer', { response: 'old' }],
  ])('goes to another learner when one %s, and stays there', async (_, bad) => {
    const client = await clientOf(bad, { response: 'new' }, bad);
    const options = { timeoutMs: 1000, isEnough: (answer: string) => answer === 'new', isFinal: () => false };
    expect(await client.callLearner<string>('read', {}, options)).toBe('new');
    const before = reads();
    expect(await client.callLearner<string>('read', {}, options)).toBe('new');
    expect(reads()).toEqual([before[0], (before[1] ?? 0) + 1, before[2]]);
  });

  it('ends with a final error, and asks no other learner', async () => {
    const refusal = { reason: 'STOCK_NOT_FOUND', message: 'stock not found' };
    const client = await clientOf({ err: refusal }, { err: refusal });
    await expect(client.callLearner('read', {}, { timeoutMs: 1000 })).rejects.toEqual(refusal);
    expect(reads()[0]! + reads()[1]!).toBe(1);
  });

  it('returns an answer anyway if none is good enough', async () => {
    const client = await clientOf({ response: 'old' }, 'silence');
    expect(await client.callLearner('read', {}, { timeoutMs: 1000, isEnough: () => false })).toBe('old');
  });

  it('reports what happened at each learner if none answers', async () => {
    const client = await clientOf('silence', 'reset');
    const call = client.callLearner('read', {}, { timeoutMs: 1000 });
    await expect(call).rejects.toThrow(NoLearner);
    await expect(call).rejects.toThrow(/test-101 gave no answer in 140 ms/);
    await expect(call).rejects.toThrow(/test-102 broke off/);
  });

  it('reports that there are no learners', async () => {
    const client = await clientOf();
    await expect(client.callLearner('read', {}, { timeoutMs: 1000 })).rejects.toThrow(NoLearner);
  });
});
