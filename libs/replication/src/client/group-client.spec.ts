import { afterEach, describe, expect, it } from 'vitest';
import { NoLeader, NoQuorum, OutcomeUnknown } from '../errors.js';
import { FakeMember, type Answer } from '../../test/fake-member.js';
import { GroupClient } from './group-client.js';

const status = (role: string, term: number): Answer => ({ response: { role, term, ready: true } });
const notLeader = (leader: object | null): Answer => ({ err: { code: 503, reason: 'NOT_LEADER', leader } });

/** A member that leads, and says so. */
const leading = (term: number) => (pattern: string) =>
  pattern === 'replication.status' ? status('leader', term) : ({ response: 'done' } as const);
const following = (pattern: string): Answer =>
  pattern === 'replication.status' ? status('follower', 1) : notLeader(null);
const frozen = (): Answer => 'silence';

describe('a group client', () => {
  const running: { stop(): void }[] = [];
  afterEach(() => running.splice(0).forEach((part) => part.stop()));

  async function group(...answers: readonly Parameters<typeof FakeMember.start>[1][]): Promise<{
    members: readonly FakeMember[];
    client: GroupClient;
  }> {
    const members = await Promise.all(answers.map((answer, i) => FakeMember.start(i + 1, answer)));
    const client = new GroupClient({
      group: 'order',
      voters: members.map(({ address }) => address),
      rpcTimeoutMs: 60_000,
    });
    running.push(...members, { stop: () => client.close() });
    return { members, client };
  }

  const repeatable = { timeoutMs: 60_000, repeatable: true };

  it('follows the hint of a member that does not lead', async () => {
    const { client, members } = await group(leading(1), frozen, (pattern) =>
      pattern === 'replication.status' ? status('follower', 1) : notLeader({ id: 1 }),
    );
    expect(await client.call('trade', {}, repeatable)).toBe('done');
    // On a busy machine, any member may be asked who leads.
    expect(members[1]?.asked.filter((pattern) => pattern === 'trade')).toEqual([]);
  });

  it('leaves a frozen leader as soon as another one is known, long before the timeout', async () => {
    const { client } = await group(following, leading(2), frozen);
    expect(await client.call('trade', {}, repeatable)).toBe('done');
  });

  it('sends the next calls to the new leader at once', async () => {
    const { client, members } = await group(following, leading(2), frozen);
    await client.call('trade', {}, repeatable);
    await client.call('trade', {}, repeatable);
    expect(members[2]?.asked).toEqual(['trade']);
  });

  it('stays with a slow leader if nobody else leads', async () => {
    const { client, members } = await group(following, following, frozen);
    await expect(client.call('trade', {}, { timeoutMs: 600, repeatable: true })).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(members.map(({ asked }) => asked.filter((pattern) => pattern === 'trade').length)).toEqual([0, 0, 1]);
  });

  it('keeps waiting if the call must not be repeated', async () => {
    const { client, members } = await group(following, leading(2), frozen);
    const call = client.call('trade', {}, { timeoutMs: 600, repeatable: false });
    await expect(call).rejects.toThrow('gave no answer in');
    expect(members[1]?.asked).not.toContain('trade');
  });

  it('reports at once that no quorum is up, and names every member', async () => {
    const { client, members } = await group(following, frozen, frozen);
    members[1]?.stop();
    members[2]?.stop();
    const call = client.call('trade', {}, repeatable);
    await expect(call).rejects.toBeInstanceOf(NoQuorum);
    await expect(client.call('trade', {}, repeatable)).rejects.toThrow(
      /order-1 is up .*order-2 refuses connections.*order-3 refuses connections.*; this request was not executed/,
    );
  });

  it('continues at once with the next member when one refuses connections', async () => {
    const { client, members } = await group(leading(1), following, frozen);
    members[2]?.stop();
    const startedAt = performance.now();
    expect(await client.call('trade', {}, repeatable)).toBe('done');
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('reports an unknown outcome when the connection breaks off, and repeats only repeatable calls', async () => {
    const { client, members } = await group(leading(1), following, () => 'reset');
    const once = client.call('trade', {}, { timeoutMs: 60_000, repeatable: false });
    await expect(once).rejects.toThrow(/order-3 broke off .*may or may not/);
    expect(members[0]?.asked).toEqual([]);
    expect(await client.call('trade', {}, repeatable)).toBe('done');
  });

  it('has one deadline for all attempts, and reports the answer of each member', async () => {
    const { client } = await group(following, following, following);
    const startedAt = performance.now();
    const call = client.call('trade', {}, { timeoutMs: 300, repeatable: true });
    await expect(call).rejects.toBeInstanceOf(NoLeader);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(270);
    await expect(client.call('trade', {}, { timeoutMs: 50, repeatable: true })).rejects.toThrow(
      /no leader of the order group in 50 ms: .*order-2 is up but does not lead.*; this request was not executed/,
    );
  });

  it('makes no attempt that could not be answered in time: it would leave the outcome unknown', async () => {
    const leftMs: number[] = [];
    const noting = (pattern: string, { timeoutMs }: { readonly timeoutMs?: number }): Answer => {
      if (pattern === 'trade') leftMs.push(timeoutMs ?? 0);
      return following(pattern);
    };
    const { client } = await group(noting, noting, noting);
    // Many deadlines, because the time of the last attempt depends on the pauses.
    const calls = Array.from({ length: 30 }, (_, i) =>
      client.call('trade', {}, { timeoutMs: 120 + i, repeatable: true }),
    );
    await Promise.allSettled(calls);
    expect(Math.min(...leftMs)).toBeGreaterThanOrEqual(20);
  });

  it("passes on the leader's refusal in its form on the wire", async () => {
    const refusal = { code: 422, reason: 'MAX_VOLUME', message: 'too much' };
    const { client } = await group(following, following, () => ({ err: refusal }));
    await expect(client.call('trade', {}, repeatable)).rejects.toEqual(refusal);
  });

  it('does not let "overloaded" settle the unknown outcome of an earlier attempt', async () => {
    const busy = { code: 429, reason: 'OVERLOADED', message: 'later' };
    const { client } = await group(
      () => ({ err: busy }),
      following,
      () => 'reset',
    );
    const isFinal = (): boolean => false;
    await expect(client.call('trade', {}, { ...repeatable, isFinal })).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});
