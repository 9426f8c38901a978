import { type ExchangeApi, NetworkFailure } from '#harness';
import type { KeptTrade } from '../workload/ledger.js';
import type { Tally } from '../workload/tally.js';
import { differences } from '../workload/compare.js';

/** Asks for every acknowledged order, `connections` at a time, and compares it member by member with what was kept. */
export async function verifyOrders(
  exchange: ExchangeApi,
  kept: readonly KeptTrade[],
  tally: Tally,
  connections: number,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let trade = kept[next++]; trade !== undefined; trade = kept[next++]) {
      await verifyOrder(exchange, trade, tally);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
}

async function verifyOrder(exchange: ExchangeApi, trade: KeptTrade, tally: Tally): Promise<void> {
  const { number, name, type, quantity } = trade;
  try {
    const answer = await exchange.order(number);
    tally.answered('order', answer.elapsedMs);
    if (answer.status !== 200) {
      tally.mismatch(
        `order ${number} (${type} ${quantity} ${name}) was acknowledged, now: ${answer.status} ${answer.text}`,
      );
      return;
    }
    for (const fault of differences({ data: { number, name, type, quantity } }, answer.json)) {
      tally.mismatch(`order ${number}: ${fault}`);
    }
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    tally.errors.add(error.message);
  }
}
