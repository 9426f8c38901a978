import { describe, expect, it } from 'vitest';
import { faultsIn, type Books } from './judge.js';
import type { Lookup, Outcome, Trail } from './recorder.js';
import { OrderDigest } from './replica-files.js';

const order = { number: 8, key: 'a', name: 'Ford', type: 'buy', quantity: 2 } as const;
/** Ford had 5 shares when seven trades were on record, and 2 of them were bought. */
const books: Books = {
  before: [{ name: 'Ford', quantity: 5, volume: 0 }],
  after: [{ name: 'Ford', quantity: 3, volume: 2 }],
  recordedBefore: 7,
  orders: [order],
};

function bought(...outcomes: readonly Outcome[]): Trail {
  return {
    wish: order,
    attempts: outcomes.map((outcome, i) => ({ askedAt: 10 * i, answeredAt: 10 * i + 5, outcome })),
  };
}

function lookup(quantity: number, askedAt: number, cache: string): Lookup {
  return { name: 'Ford', quantity, cache, askedAt, answeredAt: askedAt + 1 };
}

function verdict(trail: Trail, ...lookups: readonly Lookup[]): string {
  return faultsIn({ wrong: [], trails: [trail], lookups }, books).join('\n');
}

const executed: Outcome = { kind: 'executed', number: 8 };
const notExecuted: Outcome = { kind: 'notExecuted', reason: 'NO_QUORUM' };
const unknown: Outcome = { kind: 'unknown', why: 'OUTCOME_UNKNOWN' };

describe('the verdict on what happened between two quiet moments', () => {
  it('takes all attempts with a key for one trade', () => {
    expect(verdict(bought(unknown, executed), lookup(3, 2, 'MISS'), lookup(3, 7, 'HIT'))).toBe('');
    expect(verdict(bought(unknown, executed), lookup(3, 2, 'MISS'), lookup(5, 7, 'HIT'))).toMatch(/Ford: .* saw 5/);
  });

  it('lets no trade take effect before an attempt that may have executed it', () => {
    expect(verdict(bought(notExecuted, executed), lookup(5, 7, 'HIT'), lookup(3, 12, 'MISS'))).toBe('');
    expect(verdict(bought(notExecuted, executed), lookup(3, 7, 'HIT'))).toMatch(/Ford: .* saw 3/);
  });

  it('expects nothing of a lookup that says STALE', () => {
    expect(verdict(bought(executed), lookup(5, 20, 'STALE'))).toBe('');
    expect(verdict(bought(executed), lookup(5, 20, 'HIT'))).toMatch(/Ford: .* saw 5/);
  });

  it('passes on answers that should never be given', () => {
    const trails = [bought(executed)];
    expect(faultsIn({ wrong: ['order 1 was read as 404'], trails, lookups: [] }, books)).toHaveLength(1);
  });
});

describe('the digest of orders', () => {
  it('tells any other order, and any that is missing', () => {
    const digest = (...orders: readonly (typeof order | { quantity: number })[]): string => {
      const made = new OrderDigest();
      for (const one of orders) made.add({ ...order, ...one });
      return made.text;
    };
    const texts = [digest(), digest(order), digest(order, order), digest({ quantity: 3 })];
    expect(new Set(texts).size).toBe(texts.length);
    expect(digest(order)).toBe(digest({ ...order }));
  });
});
