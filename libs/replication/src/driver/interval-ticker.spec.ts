import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tickerContract } from '../../testing/contracts/ticker.contract.js';
import { IntervalTicker } from './interval-ticker.js';

tickerContract('IntervalTicker', {
  create: (intervalMs) => new IntervalTicker(intervalMs),
  pass: (ms) => setTimeout(ms),
});

describe('IntervalTicker', () => {
  it('ticks once after a long pause of the process, not once per missed interval', async () => {
    const ticker = new IntervalTicker(10);
    let ticks = 0;
    ticker.start(() => (ticks += 1));
    const end = performance.now() + 200;
    while (performance.now() < end);
    await setTimeout(0);
    ticker.stop();
    expect(ticks).toBeLessThanOrEqual(2);
  });
});
