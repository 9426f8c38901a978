import { afterEach, describe, expect, it } from 'vitest';
import type { Ticker } from '../../src/ports.js';

export interface TickerHarness {
  readonly create: (intervalMs: number) => Ticker;
  /** Lets `ms` milliseconds pass. */
  readonly pass: (ms: number) => Promise<unknown>;
}

/** Tests the behaviour of a ticker. */
export function tickerContract(name: string, { create, pass }: TickerHarness): void {
  describe(`${name}, as a ticker`, () => {
    let ticker: Ticker | undefined;
    afterEach(() => ticker?.stop());

    it('calls at its interval, first after one interval, and never too often', async () => {
      ticker = create(20);
      let ticks = 0;
      ticker.start(() => (ticks += 1));
      expect(ticks).toBe(0);
      await pass(210);
      expect(ticks).toBeGreaterThanOrEqual(2);
      expect(ticks).toBeLessThanOrEqual(11);
    });

    it('is silent before its start and after its stop', async () => {
      let ticks = 0;
      const mine = create(5);
      await pass(30);
      mine.start(() => (ticks += 1));
      mine.stop();
      await pass(30);
      expect(ticks).toBe(0);
      // Stopping twice does no harm.
      mine.stop();
    });
  });
}
