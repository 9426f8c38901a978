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

/** Trades over connections that stay open. */
export class Trader {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    private readonly stocks: readonly string[],
    private readonly connections: number,
  ) {
    // First in, first out: so no connection is idle for so long that the server hangs up.
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      scheduling: 'fifo',
    });
  }

  /**
   * Opens all connections before the first trade. A server takes one new connection in each turn of its event loop, so
   * on a busy machine a burst of new ones would wait for seconds, and hide what is to be measured.
   */
  async open(): Promise<void> {
    const { agent, url } = this;
    const openOne = (): Promise<void> =>
      new Promise((resolve, reject) => {
        get(`${url}/livez`, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
      });
    await Promise.all(Array.from({ length: this.connections }, openOne));
  }

  close(): void {
    this.agent.destroy();
  }

  /** @param turn counts the trades, so that each stock is bought as often as it is sold, and none runs out */
  async trade(turn: number): Promise<Answered> {
    const askedAt = performance.now();
    const body = JSON.stringify({
      name: this.stocks[turn % this.stocks.length],
      type: Math.floor(turn / this.stocks.length) % 2 === 0 ? 'sell' : 'buy',
      quantity: 1,
    });
    const { status, text } = await this.post(body, randomUUID());
    const reason = /"reason":"(\w+)"/.exec(text)?.[1] ?? (status === 0 ? text : '');
    return { askedAt, answeredAt: performance.now(), status, reason };
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
