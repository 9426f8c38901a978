import { randomUUID } from 'node:crypto';
import { ExchangeApi, HttpClient, NetworkFailure, type TradeWish } from '#harness';
import { HANGS_AFTER_MS } from '../system/support/traffic.js';
import { wishOf } from './requests.js';

export interface Answered {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** HTTP status; 0 when the connection broke or nothing came in time. */
  readonly status: number;
  /** `error.reason`, or why there was no answer. */
  readonly reason: string;
}

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
    private readonly gateways: readonly ExchangeApi[],
    private readonly tradesPerSecond: number,
    private readonly stocks: readonly string[],
  ) {
    this.timer = setInterval(() => this.askWhatIsDue(), STEP_MS);
  }

  /** @param urls of gateways, which take turns */
  static async start(urls: readonly string[], tradesPerSecond: number, stocks: readonly string[]): Promise<OpenLoad> {
    const connections = Math.ceil(CONNECTIONS / urls.length);
    const gateways = urls.map(
      (url) => new ExchangeApi(new HttpClient({ url, connections, timeoutMs: HANGS_AFTER_MS })),
    );
    // A server takes one new connection in each turn of its event loop: on a busy machine a burst of them would wait for
    // seconds, and hide what is to be measured.
    const opening = gateways.flatMap(({ http }) =>
      Array.from({ length: connections }, () => http.send({ method: 'GET', path: '/livez' })),
    );
    await Promise.all(opening);
    return new OpenLoad(gateways, tradesPerSecond, stocks);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.waiting);
    for (const { http } of this.gateways) http.close();
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

  private async trade(turn: number): Promise<Answered> {
    const gateway = this.gateways[turn % this.gateways.length];
    if (gateway === undefined) throw new Error('a load needs a gateway');
    const askedAt = performance.now();
    const { status, reason } = await answerTo(gateway, wishOf(this.stocks, turn));
    return { askedAt, answeredAt: performance.now(), status, reason };
  }
}

/** A request that was the first on a connection which the server had just given up is sent once more, as every HTTP client does. */
async function answerTo(
  gateway: ExchangeApi,
  wish: TradeWish,
  key = randomUUID(),
  isRepeat = false,
): Promise<Pick<Answered, 'status' | 'reason'>> {
  try {
    const { status, text } = await gateway.trade(wish, key);
    return { status, reason: /"reason":"(\w+)"/.exec(text)?.[1] ?? '' };
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    if (error.wasReused && !isRepeat) return answerTo(gateway, wish, key, true);
    return { status: 0, reason: error.message };
  }
}
