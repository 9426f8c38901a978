import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExchangeApi, HttpClient } from '#harness';
import { afterEach, describe, expect, it } from 'vitest';
import { loadHistory, saveHistory } from '../src/shell/history.js';
import { ShellSession } from '../src/shell/session.js';
import { FakeExchange, refusal, type Reply } from './fake-exchange.js';

let exchange: FakeExchange;
let http: HttpClient;
let said: string[];

afterEach(() => {
  http.close();
  exchange.close();
});

async function begin(fake = new FakeExchange()): Promise<(line: string) => Promise<boolean>> {
  exchange = fake;
  said = [];
  http = new HttpClient({ url: await fake.listen(), connections: 1, timeoutMs: 1000 });
  const session = new ShellSession(new ExchangeApi(http), (line) => said.push(line));
  return (line) => session.run(line, new AbortController().signal);
}

describe('a session', () => {
  it('looks up, trades and shows orders, with the time that each took', async () => {
    const run = await begin();
    expect([await run('lookup Ford'), await run('buy Ford 3'), await run('order 1')]).toEqual([true, true, true]);
    expect(said).toEqual([
      expect.stringMatching(/^Ford: 500 shares at 11\.93 .* ms$/),
      expect.stringMatching(/^bought 3 Ford: order 1 {2}[\d.]+ ms$/),
      expect.stringMatching(/^order 1: bought 3 Ford {2}[\d.]+ ms$/),
    ]);
  });

  it('repeats, each trade under a key of its own, and sums up', async () => {
    const run = await begin();
    expect(await run('sell Ford 1 x3')).toBe(true);
    expect(new Set(exchange.trades.map(({ key }) => key)).size).toBe(3);
    expect(said).toHaveLength(4);
    expect(said[3]).toMatch(/^3 answers: mean [\d.]+ ms, p50 [\d.]+ ms, p99 [\d.]+ ms$/);
    said.length = 0;
    await run('lookup Ford x25');
    expect(said).toEqual([expect.stringMatching(/^25 answers/)]);
  });

  it('ends a long repetition at the first refusal, and shows it', async () => {
    const run = await begin();
    expect(await run('buy Ford 30 x50')).toBe(false);
    expect(exchange.trades).toHaveLength(16);
    expect(said[0]).toContain('422 NOT_ENOUGH_STOCKS');
  });

  it('checks its trades', async () => {
    const run = await begin();
    await run('check');
    await run('buy Ford 3 x2');
    expect(await run('check')).toBe(true);
    expect([said[0], said.at(-1)]).toEqual(['no trades yet', '2 trades, recorded as acknowledged']);
    exchange.trades[1] = { ...exchange.trades[1]!, quantity: 4 };
    expect(await run('check')).toBe(false);
    expect(said.at(-1)).toBe('order 2.quantity is 4, it should be 3');
  });

  it('settles a trade without a clear answer before it checks it', async () => {
    let isUnknown = true;
    const spoil = (request: { method: string }, reply: Reply): void => {
      if (request.method === 'POST' && isUnknown) Object.assign(reply, refusal('OUTCOME_UNKNOWN'));
    };
    const run = await begin(new FakeExchange(spoil));
    expect(await run('buy Ford 3')).toBe(false);
    expect(await run('check')).toBe(false);
    expect(said.at(-1)).toMatch(/has no clear answer yet$/);
    isUnknown = false;
    expect(await run('check')).toBe(true);
    expect(said.at(-1)).toBe('1 trade, recorded as acknowledged');
    expect(exchange.trades).toHaveLength(1);
  });

  it('survives the loss of the gateway', async () => {
    const run = await begin();
    exchange.close();
    expect(await run('lookup Ford')).toBe(false);
    expect(await run('check')).toBe(true);
    expect(said[0]).toContain('connection refused; try again');
  });
});

describe('the history', () => {
  it('is kept for the next session', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'history-')), 'of', 'bazaar');
    expect(loadHistory(file)).toEqual([]);
    saveHistory(['lookup Ford', 'help'], file);
    expect(loadHistory(file)).toEqual(['lookup Ford', 'help']);
    saveHistory(['no'], '/dev/null/history');
  });
});
