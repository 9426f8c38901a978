import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeApi, HttpClient, type ListedStock, NetworkFailure, type TradeWish } from '#harness';
import { choose } from './random.js';
import { drawWish, PAUSE_AFTER_FAILURE_MS } from './trader.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** A longer time without any trade is worth a line, if there is a reason for it: a slow disk alone is none. */
const WORTH_TELLING_MS = 300;
/** How long after it was seen a fault may still explain a gap that begins now, in milliseconds. */
const REASON_LASTS_MS = 5000;

/** The result of a load so far. */
export interface LoadReport {
  readonly acknowledged: number;
  /** By the rules of the exchange: none left, too large. */
  readonly refused: number;
  /** Requests that had to be sent again, with the same key. */
  readonly repeated: number;
  readonly elapsedMs: number;
  /** Longest time without an acknowledged trade. */
  readonly longestGapMs: number;
}

/** How hard clients work. */
export interface Pace {
  readonly clients: number;
  /** Pause of each client after a trade, in milliseconds. */
  readonly thinkTimeMs: number;
}

/** Leaves a small machine most of its power. */
export const STEADY: Pace = { clients: 4, thinkTimeMs: 10 };

/** Clients that look up and trade until they are stopped. Each repeats a trade with its key until it gets a clear answer. */
export class SteadyLoad {
  private readonly startedAt = performance.now();
  private readonly clients: readonly Promise<void>[];
  private readonly stopping = new AbortController();
  private acknowledged = 0;
  private refused = 0;
  private repeated = 0;
  private lastTradeAt = this.startedAt;
  private reasonAt = -Infinity;
  private longestGapMs = 0;

  /** Throws a `NetworkFailure` when the exchange can't be asked for its stocks. */
  static async start(urls: readonly string[], tell: (line: string) => void, pace = STEADY): Promise<SteadyLoad> {
    const https = urls.map((url) => new HttpClient({ url, connections: pace.clients, timeoutMs: REQUEST_TIMEOUT_MS }));
    const exchanges = https.map((http) => new ExchangeApi(http));
    const stocks = await choose(Math.random, exchanges).stocks();
    return new SteadyLoad(exchanges, stocks, tell, pace);
  }

  private constructor(
    private readonly exchanges: readonly ExchangeApi[],
    private readonly stocks: readonly ListedStock[],
    private readonly tell: (line: string) => void,
    { clients, thinkTimeMs }: Pace,
  ) {
    this.clients = Array.from({ length: clients }, () => this.run(thinkTimeMs));
  }

  get report(): LoadReport {
    const { acknowledged, refused, repeated, longestGapMs } = this;
    return {
      acknowledged,
      refused,
      repeated,
      elapsedMs: Math.round(performance.now() - this.startedAt),
      longestGapMs: Math.round(Math.max(longestGapMs, performance.now() - this.lastTradeAt)),
    };
  }

  /** Something was done to the system, or befell it, that may hold up trades. */
  expectGap(): void {
    this.reasonAt = performance.now();
  }

  /** Lets requests under way finish. */
  async stop(): Promise<LoadReport> {
    const { elapsedMs, longestGapMs } = this.report;
    this.stopping.abort();
    await Promise.all(this.clients);
    for (const { http } of this.exchanges) http.close();
    return { ...this.report, elapsedMs, longestGapMs };
  }

  private async run(thinkTimeMs: number): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.settle(drawWish(Math.random, choose(Math.random, this.stocks).name));
      await pause(thinkTimeMs);
    }
  }

  /** Another gateway may answer where one is down, so each attempt chooses anew. */
  private async settle(wish: TradeWish): Promise<void> {
    const key = `load-${randomUUID()}`;
    while (!this.stopping.signal.aborted) {
      const exchange = choose(Math.random, this.exchanges);
      try {
        await exchange.lookup(wish.name);
        const { status } = await exchange.trade(wish, key);
        if (status === 200) this.traded();
        if (status === 422) this.refused += 1;
        if (status === 200 || status === 422) return;
      } catch (error) {
        if (!(error instanceof NetworkFailure)) throw error;
      }
      this.repeated += 1;
      this.expectGap();
      await pause(PAUSE_AFTER_FAILURE_MS);
    }
  }

  private traded(): void {
    this.acknowledged += 1;
    const gapMs = performance.now() - this.lastTradeAt;
    const hasReason = this.reasonAt > this.lastTradeAt - REASON_LASTS_MS;
    this.lastTradeAt += gapMs;
    this.longestGapMs = Math.max(this.longestGapMs, gapMs);
    if (gapMs > WORTH_TELLING_MS && hasReason && this.acknowledged > 1)
      this.tell(
        `${new Date().toISOString().slice(11, 23)}  trading goes on, after ${Math.round(gapMs)} ms without a trade`,
      );
  }
}

export function loadWords({ acknowledged, refused, repeated, elapsedMs, longestGapMs }: LoadReport): string {
  return (
    `${acknowledged} trades in ${(elapsedMs / 1000).toFixed(1)} s, ${refused} refused by the rules, ` +
    `${repeated} requests sent again, longest time without a trade ${longestGapMs} ms`
  );
}
