import { randomUUID } from 'node:crypto';
import { Agent, get, request } from 'node:http';

export interface Answered {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** HTTP status; 0 when the connection broke or nothing came in time. */
  readonly status: number;
  /** `error.reason`, or why there was no answer. */
  readonly reason: string;
}

/** Longer than the gateway's own deadline: what takes so long was never answered. */
const HANGS_AFTER_MS = 8000;
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
  readonly answered: Answered[] = [];
  /** The longest that this process itself stood still, in milliseconds. Figures below that are not worth much. */
  longestStallMs = 0;
  private lastStep = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly waiting = new Set<Promise<void>>();
  private readonly startedAt = performance.now();
  private asked = 0;

  private constructor(
    private readonly agent: Agent,
    private readonly url: string,
    private readonly tradesPerSecond: number,
    private readonly stocks: readonly string[],
  ) {
    this.timer = setInterval(() => this.askWhatIsDue(), STEP_MS);
  }

  /**
   * Opens all connections before the first trade. A server takes one new connection in each turn of its event loop, so
   * on a busy machine a burst of new ones would wait for seconds, and hide what is to be measured.
   */
  static async start(url: string, tradesPerSecond: number, stocks: readonly string[]): Promise<OpenLoad> {
    // First in, first out: so none of them is idle for so long that the server hangs up.
    const agent = new Agent({
      keepAlive: true,
      maxSockets: CONNECTIONS,
      maxFreeSockets: CONNECTIONS,
      scheduling: 'fifo',
    });
    const open = (): Promise<void> =>
      new Promise((resolve, reject) => {
        get(`${url}/livez`, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
      });
    await Promise.all(Array.from({ length: CONNECTIONS }, open));
    return new OpenLoad(agent, url, tradesPerSecond, stocks);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.waiting);
    this.agent.destroy();
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
      const trade = this.trade(this.asked).finally(() => this.waiting.delete(trade));
      this.waiting.add(trade);
    }
  }

  private async trade(turn: number): Promise<void> {
    const askedAt = performance.now();
    const body = JSON.stringify({
      name: this.stocks[turn % this.stocks.length],
      // Each stock is bought as often as it is sold, so that none runs out.
      type: Math.floor(turn / this.stocks.length) % 2 === 0 ? 'sell' : 'buy',
      quantity: 1,
    });
    const { status, text } = await this.post(body, randomUUID());
    const reason = /"reason":"(\w+)"/.exec(text)?.[1] ?? (status === 0 ? text : '');
    this.answered.push({ askedAt, answeredAt: performance.now(), status, reason });
  }

  private post(body: string, key: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve) => {
      const call = request(`${this.url}/orders`, {
        method: 'POST',
        agent: this.agent,
        timeout: HANGS_AFTER_MS,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': key,
        },
      });
      const fail = (error: Error): void => resolve({ status: 0, text: error.message });
      call.once('timeout', () => call.destroy(new Error('no answer')));
      call.once('error', (error: NodeJS.ErrnoException) => {
        // The server closed a connection that had been idle, just as it was used again: every HTTP client meets that.
        if (call.reusedSocket && error.code === 'ECONNRESET') resolve(this.post(body, key));
        else fail(error);
      });
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.once('error', fail);
      });
      call.end(body);
    });
  }
}
