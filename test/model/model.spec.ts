import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { OrdersService } from '../../apps/frontend/src/orders/orders.service.js';
import { OrdersWithoutIds } from '../chaos/broken-gateways.js';
import { anyCommand, expectAllAsIn } from './commands.js';
import { RealExchange } from './real-exchange.js';

/** Duration of the test, in seconds. To run longer: MODEL_SECONDS=600 npx vitest run test/model */
const SECONDS = Number(process.env['MODEL_SECONDS'] ?? 12);
const MOST_RUNS = 400;

let real: RealExchange | undefined;

afterEach(() => real?.stop());

/** Runs random commands on the exchange and on its model, until they differ or the time is up. */
async function play(exchange: RealExchange, seconds: number): Promise<number> {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands([anyCommand], { maxCommands: 40, size: 'max' }), async (plan) => {
      const model = await exchange.newModel();
      await fc.asyncModelRun(() => ({ model, real: exchange }), plan);
      await expectAllAsIn(model, exchange);
      commands += [...plan].length;
    }),
    { numRuns: MOST_RUNS, interruptAfterTimeLimit: seconds * 1000 },
  );
  return commands;
}

it(
  `answers like a simple model of an exchange, whatever is requested and whatever fails, for ${SECONDS} s`,
  async () => {
    real = await RealExchange.start();
    // Otherwise hardly anything was tested.
    expect(await play(real, SECONDS)).toBeGreaterThan(20);
  },
  SECONDS * 1000 + 60_000,
);

it('detects a gateway that executes a repeat', async () => {
  real = await RealExchange.start([[OrdersService, OrdersWithoutIds]]);
  await expect(play(real, SECONDS)).rejects.toThrow(/Property failed/);
});
