import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadSwitch } from '../src/demo/load-switch.js';
import { SteadyLoad } from '../src/workload/steady-load.js';
import { FakeExchange, refusal } from './fake-exchange.js';

let exchange: FakeExchange;

afterEach(() => exchange.close());

async function waitFor(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(10);
}

describe('a steady load', () => {
  it('trades until it is stopped, and tells what came of it', async () => {
    exchange = new FakeExchange();
    const load = await SteadyLoad.start([await exchange.listen()], () => undefined);
    await waitFor(() => load.report.acknowledged >= 20);
    const report = await load.stop();
    expect(report).toMatchObject({ repeated: 0 });
    const count = exchange.trades.length;
    await pause(50);
    expect(exchange.trades).toHaveLength(count);
    expect(count).toBeGreaterThanOrEqual(report.acknowledged);
  });

  it('sends a trade again under its key until the answer is clear', async () => {
    let posts = 0;
    exchange = new FakeExchange(({ method }, reply) => {
      if (method === 'POST' && ++posts % 2 === 1) Object.assign(reply, refusal('OUTCOME_UNKNOWN'));
    });
    const load = await SteadyLoad.start([await exchange.listen()], () => undefined);
    await waitFor(() => load.report.acknowledged >= 10);
    expect((await load.stop()).repeated).toBeGreaterThanOrEqual(10);
    expect(new Set(exchange.trades.map(({ key }) => key)).size).toBe(exchange.trades.length);
  });

  it.each([true, false])('tells of a pause in trading, with a reason for it: %s', async (hasReason) => {
    const told: string[] = [];
    exchange = new FakeExchange();
    const load = await SteadyLoad.start([await exchange.listen()], (line) => told.push(line));
    await waitFor(() => load.report.acknowledged >= 5);
    if (hasReason) load.expectGap();
    // Nothing is answered meanwhile, as the fake exchange lives in this process.
    const resumesAt = performance.now() + 400;
    while (performance.now() < resumesAt);
    const before = load.report.acknowledged;
    await waitFor(() => load.report.acknowledged > before + 5);
    expect((await load.stop()).longestGapMs).toBeGreaterThanOrEqual(400);
    expect(told).toEqual(hasReason ? [expect.stringMatching(/trading goes on, after \d+ ms without a trade/)] : []);
  });
});

describe('the load of a demo', () => {
  it('is on after one press and off after the next', async () => {
    exchange = new FakeExchange();
    const url = await exchange.listen();
    const told: string[] = [];
    const load = new LoadSwitch(
      () => [url],
      (line) => told.push(line),
    );
    // The second press comes too early to be meant.
    await Promise.all([load.toggle(), load.toggle()]);
    await waitFor(() => exchange.trades.length > 0);
    await load.toggle();
    await load.turn('off');
    expect(told).toEqual([expect.stringContaining('load on'), expect.stringMatching(/^load off: \d+ trades in/)]);
  });
});
