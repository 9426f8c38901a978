import { Trader, type Answered } from './trader.js';

/** A limit on what may wait at once, whatever happens to the system. */
const MAX_IN_FLIGHT = 4000;
/** Two seconds' worth at the usual rate; what comes on top waits for one of them, and its time counts. */
const CONNECTIONS = 400;
const STEP_MS = 5;

/**
 * Trades at a steady rate, whether or not earlier ones have been answered: clients do not stop coming because a leader
 * died, and a load that waits for its answers would hide what the rest of them went through.
 */
export class OpenLoad {
  /** Since the start, or since the last `takeAnswered`. */
  answered: Answered[] = [];
  /** The longest that this process itself stood still, in milliseconds. Figures below that are not worth much. */
  longestStallMs = 0;
  private lastStep = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly waiting = new Set<Promise<unknown>>();
  private readonly startedAt = performance.now();
  private asked = 0;

  private constructor(
    private readonly traders: readonly Trader[],
    private readonly tradesPerSecond: number,
  ) {
    this.timer = setInterval(() => this.askWhatIsDue(), STEP_MS);
  }

  /** @param urls of gateways, which take turns */
  static async start(urls: readonly string[], tradesPerSecond: number, stocks: readonly string[]): Promise<OpenLoad> {
    const traders = urls.map((url) => new Trader(url, stocks, Math.ceil(CONNECTIONS / urls.length)));
    await Promise.all(traders.map((trader) => trader.open()));
    return new OpenLoad(traders, tradesPerSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.waiting);
    for (const trader of this.traders) trader.close();
  }

  /** Answers since the last call; nothing is kept of them here. */
  takeAnswered(): readonly Answered[] {
    const answered = this.answered;
    this.answered = [];
    return answered;
  }

  /** Successes since a moment, as `performance.now()` gives it. */
  successesSince(moment: number): number {
    return this.answered.filter(({ status, answeredAt }) => status === 200 && answeredAt >= moment).length;
  }

  /** How many answers there were of each kind but success. */
  get failures(): Readonly<Record<string, number>> {
    const failures: Record<string, number> = {};
    for (const { status, reason } of this.answered) {
      if (status === 200) continue;
      const kind = `${status} ${reason}`.trim();
      failures[kind] = (failures[kind] ?? 0) + 1;
    }
    return failures;
  }

  /** The longest time without a success in a span. */
  longestGap(from: number, to: number): number {
    const times = this.answered
      .filter(({ status, answeredAt }) => status === 200 && answeredAt >= from && answeredAt <= to)
      .map(({ answeredAt }) => answeredAt)
      .sort((a, b) => a - b);
    return times.reduce((longest, time, i) => Math.max(longest, time - (times[i - 1] ?? time)), 0);
  }

  private askWhatIsDue(): void {
    this.longestStallMs = Math.max(this.longestStallMs, performance.now() - this.lastStep - STEP_MS);
    this.lastStep = performance.now();
    const due = Math.floor(((performance.now() - this.startedAt) / 1000) * this.tradesPerSecond);
    while (this.asked < due) {
      this.asked += 1;
      if (this.waiting.size >= MAX_IN_FLIGHT) continue;
      const trade = this.trade(this.asked).then((answered) => {
        this.waiting.delete(trade);
        this.answered.push(answered);
      });
      this.waiting.add(trade);
    }
  }

  private trade(turn: number): Promise<Answered> {
    const trader = this.traders[turn % this.traders.length];
    if (trader === undefined) throw new Error('a load needs a gateway');
    return trader.trade(turn);
  }
}
