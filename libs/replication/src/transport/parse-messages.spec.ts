import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Network } from '../../testing/simulation/network.js';
import { simulate } from '../../testing/simulation/simulation.js';
import { play, readGoldenScripts } from '../../test/golden-script.js';
import { Wire } from '../../test/wire.js';
import type { Message } from '../core/messages.js';
import { NUMBER_LIMIT, parseMessage } from './parse-messages.js';

const expected = { id: 1, from: 2, term: 4 };
const envelope = { from: 2, to: 1, term: 4 } as const;
const entry = { index: 8, term: 4, data: '1' };
/** One message of each type. A missing type does not compile. */
const samples: { readonly [Type in Message['type']]: Extract<Message, { type: Type }> } = {
  preVoteRequest: { type: 'preVoteRequest', ...envelope, lastIndex: 7, lastTerm: 3 },
  preVoteResponse: { type: 'preVoteResponse', ...envelope, granted: true },
  voteRequest: { type: 'voteRequest', ...envelope, lastIndex: 7, lastTerm: 3, leadershipTransfer: false },
  voteResponse: { type: 'voteResponse', ...envelope, granted: false },
  append: {
    ...{ type: 'append', ...envelope, prevIndex: 7, prevTerm: 3, entries: [entry, { index: 9, term: 4, data: null }] },
    ...{ commitIndex: 6, round: 2, amnesia: false, recovered: { nonce: 5, index: 6 } },
  },
  appendResponse: {
    ...{ type: 'appendResponse', ...envelope, accepted: true, index: 9, hintIndex: 0, hintTerm: 0 },
    ...{ round: 2, nonce: 2 ** 48 },
  },
  snapshotPage: {
    ...{ type: 'snapshotPage', ...envelope, lastIndex: 9, lastTerm: 4, snapshotNumber: 1, page: 0 },
    ...{ data: '[]', done: true, round: 2 },
  },
  snapshotResponse: {
    ...{
      type: 'snapshotResponse',
      ...envelope,
      lastIndex: 9,
      snapshotNumber: 1,
      nextPage: null,
      round: 2,
      nonce: null,
    },
  },
  timeoutNow: { type: 'timeoutNow', ...envelope },
  leaseRequest: { type: 'leaseRequest', ...envelope, question: 3, round: 2, nonce: 5 },
  leaseResponse: { type: 'leaseResponse', ...envelope, question: 3, nonce: 5, index: 9, leaseMs: 500 },
};
const all = Object.entries(samples);

function problemOf(value: unknown): string | undefined {
  const parsed = parseMessage(value, expected);
  return 'problem' in parsed ? parsed.problem : undefined;
}

/** Returns wrong values to replace a value of a message. */
function wrongFor(value: unknown): unknown[] {
  const others = [
    undefined,
    '5',
    -1,
    0.5,
    NUMBER_LIMIT + 1,
    1e300,
    NaN,
    {},
    [5],
    [entry, entry],
    { nonce: 0, index: 1 },
  ];
  if (typeof value === 'boolean') return [...others, null, 0, 1];
  if (typeof value === 'string') return [undefined, 5, null, {}, []];
  return [...others, true];
}

describe('a message', () => {
  it.each(all)('is accepted: %s', (_, message) => {
    expect(parseMessage(JSON.parse(JSON.stringify(message)), expected)).toEqual({ message });
  });

  it.each(all)('is dropped if a field is missing, wrong, or unknown: %s', (_, message) => {
    for (const [name, value] of Object.entries(message)) {
      const others = Object.fromEntries(Object.entries(message).filter(([key]) => key !== name));
      expect(problemOf(others), `without ${name}`).toBeDefined();
      for (const wrong of wrongFor(value))
        expect(problemOf({ ...others, [name]: wrong }), `${name}: ${String(wrong)}`).toBeDefined();
    }
    expect(problemOf({ ...message, more: 1 })).toContain('with missing or unknown fields');
  });

  it.each([5, 'abc', null, undefined, [], {}, { type: 'constructor' }, { ...samples.append, type: '__proto__' }])(
    'is not %j',
    (value) => expect(problemOf(value)).toBeDefined(),
  );

  it('comes from the sender of its batch, and is for this member', () => {
    expect([1, 3, 4, '2', 0].map((from) => problemOf({ ...samples.timeoutNow, from }))).not.toContain(undefined);
    expect(problemOf({ ...samples.timeoutNow, to: 3 })).toBe('timeoutNow for another member');
  });

  it('has a term that elections can reach', () => {
    expect(problemOf({ ...samples.timeoutNow, term: 4 + 2 ** 32 })).toBeUndefined();
    expect(problemOf({ ...samples.timeoutNow, term: 5 + 2 ** 32 })).toBe('timeoutNow with an impossible term');
    expect(parseMessage({ ...samples.timeoutNow, term: 2 ** 48 }, { ...expected, term: 2 ** 48 })).toHaveProperty(
      'problem',
    );
  });

  it.each([
    ['a gap', [{ ...entry, index: 9 }]],
    ['a gap', [entry, { ...entry, index: 10 }]],
    ['terms that fall', [entry, { ...entry, index: 9, term: 3 }]],
    ['terms that fall', [{ ...entry, term: 2 }]],
    ['ahead', [{ ...entry, term: 5 }]],
    ['wrong entries', [{ ...entry, data: 5 }]],
    ['wrong entries', [{ ...entry, more: 5 }]],
    ['wrong entries', [null]],
    ['wrong entries', { length: 0 }],
  ])('has entries in order, or is dropped: %s', (problem, entries) => {
    expect(problemOf({ ...samples.append, entries })).toContain(problem);
  });
});

describe('everything that members send is accepted', () => {
  afterEach(() => vi.restoreAllMocks());

  const types = new Set<string>();
  const problems: string[] = [];

  function check(message: Message): void {
    const { from: peer, to: id, term, type } = message;
    const parsed = parseMessage(JSON.parse(JSON.stringify(message)), { id, from: peer, term });
    types.add(type);
    if ('problem' in parsed) problems.push(parsed.problem);
  }

  it('in the simulation', () => {
    const send = vi.spyOn(Network.prototype, 'send');
    for (let seed = 1; seed <= 6; seed += 1) {
      simulate(seed);
      for (const [message] of send.mock.calls) check(message);
      send.mockClear();
    }
    expect(problems).toEqual([]);
    expect([...types].sort()).toEqual(Object.keys(samples).sort());
  });

  it('in the golden scripts', () => {
    const send = vi.spyOn(Wire.prototype, 'send');
    readGoldenScripts(fileURLToPath(new URL('../../test/scripts', import.meta.url))).forEach(play);
    for (const [messages] of send.mock.calls) messages.forEach(check);
    expect(send.mock.calls.length).toBeGreaterThan(1000);
    expect(problems).toEqual([]);
  });
});
