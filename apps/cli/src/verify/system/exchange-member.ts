import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  EXCHANGE_PATTERNS,
  type Order,
  type OwnDigest,
  type OwnOrders,
  type OwnStock,
  type OwnStocks,
} from '#contracts';
import { STATUS_PATTERN, type GroupClient, type ReplicaStatus } from '#replication';

const ASK_TIMEOUT_MS = 2000;
/** A member that has answered may be restarting just now. */
const PATIENCE_MS = 5000;
const POLL_INTERVAL_MS = 100;
const STOCKS_AT_ONCE = 1000;

/** A stock as a member has it right after order `lastNumber`, and before the next one. */
export interface HeldStock extends OwnStock {
  readonly lastNumber: number;
}

/** Reads what an order replica or a catalog holds, from that member alone. */
export class ExchangeMember {
  /** Why it is not compared any further; null while it is. */
  problem: string | null = null;
  /** Number of the last order that it has, as far as it was asked. */
  lastNumber = 0;
  /** Number of the last order that was compared with the others. */
  comparedUpTo = 0;
  stocks: readonly HeldStock[] = [];

  constructor(
    private readonly client: Pick<GroupClient, 'ask'>,
    private readonly id: number,
    readonly name: string,
  ) {}

  /** Reads all its stocks. One that does not answer at once is not waited for. */
  async readStocks(): Promise<void> {
    const stocks: HeldStock[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const asked = { ...(after !== undefined && { after }), limit: STOCKS_AT_ONCE };
      const page = await this.ask<OwnStocks>(EXCHANGE_PATTERNS.ownStocks, asked, 0);
      if (page === undefined) return;
      const { lastNumber } = page;
      stocks.push(...page.stocks.map((stock) => ({ ...stock, lastNumber })));
      this.lastNumber = lastNumber;
      after = page.next;
    }
    this.stocks = stocks;
  }

  /** Resolves as soon as it has order `number`, does not answer any more, or the time is up. */
  async reach(number: number, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.problem === null && this.lastNumber < number && performance.now() < deadline) {
      await pause(POLL_INTERVAL_MS);
      await this.digest(0, 1);
    }
  }

  /** Returns the digest of at most `limit` orders from `after + 1` on; undefined when the member no longer answers. */
  async digest(after: number, limit: number): Promise<OwnDigest | undefined> {
    const answer = await this.ask<OwnDigest>(EXCHANGE_PATTERNS.ownDigest, { after, limit });
    if (answer !== undefined) this.lastNumber = answer.lastNumber;
    return answer;
  }

  /** Returns at most `limit` orders from `after + 1` on; none when the member has none or no longer answers. */
  async orders(after: number, limit: number): Promise<readonly Order[]> {
    return (await this.ask<OwnOrders>(EXCHANGE_PATTERNS.ownOrders, { after, limit }))?.orders ?? [];
  }

  /** Whether it takes itself for complete. */
  async isReady(): Promise<boolean> {
    const result = await this.client.ask<ReplicaStatus>(this.id, STATUS_PATTERN, {}, ASK_TIMEOUT_MS);
    return 'answer' in result && result.answer.ready;
  }

  private async ask<T>(pattern: string, payload: object, patienceMs = PATIENCE_MS): Promise<T | undefined> {
    const deadline = performance.now() + patienceMs;
    const asked = { ...payload, requestId: `verify-${randomUUID()}`, timeoutMs: ASK_TIMEOUT_MS };
    for (;;) {
      const result = await this.client.ask<T>(this.id, pattern, asked, ASK_TIMEOUT_MS);
      if ('answer' in result) return result.answer;
      if (performance.now() >= deadline) {
        this.problem = result.why;
        return undefined;
      }
      await pause(POLL_INTERVAL_MS);
    }
  }
}
