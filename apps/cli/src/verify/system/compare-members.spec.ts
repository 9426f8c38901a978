import type { OwnStocks, Stock } from '@stock-bazaar/contracts';
import { describe, expect, it } from 'vitest';
import { CatalogMember } from './catalog-member.js';
import { compareMembers } from './compare-members.js';

function stock(name: string, version: number, more: Partial<Stock> = {}): Stock {
  return { name, priceCents: 100, quantity: 1000 - version, volume: version, maxTradingVolume: 0, version, ...more };
}

type State = Pick<OwnStocks, 'appliedIndex' | 'stocks'>;

/** A member that shows these states one after the other, in pages of two, and then stays in the last; without any, it is down. */
function member(id: number, ...states: readonly State[]): CatalogMember {
  let reads = -1;
  const ask = (_id: number, _pattern: string, asked: { after?: string }): Promise<unknown> => {
    if (states.length === 0) return Promise.resolve({ failed: 'refused', why: 'refuses connections' });
    if (asked.after === undefined) reads += 1;
    const { stocks, appliedIndex } = states[Math.min(reads, states.length - 1)]!;
    const rest = stocks.filter(({ name }) => name > (asked.after ?? ''));
    const answer: OwnStocks = { stocks: rest.slice(0, 2), next: rest[2] ? rest[1]!.name : null, appliedIndex };
    return Promise.resolve({ answer });
  };
  return new CatalogMember({ ask } as never, { id, host: 'h', port: 1 });
}

const state = (appliedIndex: number, ...stocks: readonly Stock[]): State => ({ appliedIndex, stocks });

async function compared(limitMs: number, ...members: readonly CatalogMember[]): Promise<readonly number[]> {
  return [...(await compareMembers(members, limitMs)).values()];
}

describe('the comparison of catalog members', () => {
  it('goes through all stocks, over the ends of pages', async () => {
    const same = state(9, ...['A', 'B', 'C', 'D', 'E'].map((name) => stock(name, 3)));
    expect(await compared(0, member(1, same), member(2, same), member(3, same))).toEqual([5, 5, 5]);
  });

  it('finds a stock that differs in one version, and shows both', async () => {
    const members = [
      member(1, state(9, stock('A', 3), stock('B', 5))),
      member(2, state(9, stock('A', 3), stock('B', 5, { quantity: 1 }))),
    ];
    await expect(compared(0, ...members)).rejects.toThrow(
      /B differs on catalog-2: quantity is 1, it should be 995 as on catalog-1: {.*"version":5}/,
    );
  });

  it.each([
    ['an old version', [stock('A', 3)]],
    ['nothing', []],
  ])('finds that a member has %s of a stock although it has applied the change', async (_, stocks) => {
    const members = [member(1, state(9, stock('A', 8))), member(2, state(8, ...stocks))];
    await expect(compared(0, ...members)).rejects.toThrow(
      /catalog-2 has applied log entry 8, but not the change of A in entry 8\n.*catalog-1: {.*\n.*catalog-2: /,
    );
  });

  it('waits for a member that lags, and compares it then', async () => {
    const leader = state(9, stock('A', 8), stock('B', 9));
    const lagging = [state(7, stock('A', 3), stock('B', 4)), state(8, stock('A', 8), stock('B', 4)), leader];
    expect(await compared(5000, member(1, leader), member(2, ...lagging))).toEqual([2, 2]);
  });

  it('finds each pair the same at a moment of its own, while trading goes on', async () => {
    const [early, late] = [state(5, stock('A', 5), stock('B', 2)), state(6, stock('A', 5), stock('B', 6))];
    const members = [member(1, early, late), member(2, late, late), member(3, early, late)];
    expect(await compared(5000, ...members)).toEqual([2, 2, 2]);
  });

  it('says of a member that never comes so far how much was compared', async () => {
    const members = [
      member(1, state(9, stock('A', 3), stock('B', 9))),
      member(2, state(8, stock('A', 3), stock('B', 4))),
    ];
    expect(await compared(0, ...members)).toEqual([1, 1]);
  });

  it('does not wait for a member that is down, and compares the others', async () => {
    const same = state(9, stock('A', 3));
    const down = member(2);
    expect(await compared(5000, member(1, same), down, member(3, same))).toEqual([1, 0, 1]);
    expect(down.problem).toBe('refuses connections');
  });
});
