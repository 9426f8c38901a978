import { describe, expect, it } from 'vitest';
import { NotLeader, OutcomeUnknown } from '../errors.js';
import { Pending } from './pending.js';

describe('calls that wait', () => {
  let now = 0;
  const create = (): Pending<number, string> => new Pending(100, () => now);

  it('get their result, each once', async () => {
    const pending = create();
    const results = [pending.wait(1), pending.wait(2)];
    pending.resolve(2, 'two');
    pending.resolve(2, 'again');
    pending.resolve(3, 'nobody waits for this');
    pending.resolve(1, 'one');
    expect(await Promise.all(results)).toEqual(['one', 'two']);
    expect(pending.size).toBe(0);
  });

  it('are rejected with the reason', async () => {
    const pending = create();
    const results = Promise.allSettled([pending.wait(1), pending.wait(2), pending.wait(3)]);
    pending.reject(2, () => new NotLeader(null));
    pending.rejectAll(() => new OutcomeUnknown('the end'));
    const errors = (await results).map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as Error).name : '',
    );
    expect(errors).toEqual(['OutcomeUnknown', 'NotLeader', 'OutcomeUnknown']);
  });

  it('expire in the order in which they arrived, at their timeout and not before', async () => {
    const pending = create();
    const first = expect(pending.wait(1)).rejects.toThrow('no majority answered in 100 ms');
    now = 50;
    const second = pending.wait(2);
    now = 99;
    pending.expire();
    expect(pending.size).toBe(2);
    now = 100;
    pending.expire();
    await first;
    expect(pending.size).toBe(1);
    pending.resolve(2, 'in time');
    expect(await second).toBe('in time');
  });
});
