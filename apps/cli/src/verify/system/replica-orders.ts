import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ORDER_PATTERNS, type Member, type Order, type OwnOrders } from '@stock-bazaar/contracts';
import { STATUS_PATTERN, type GroupClient, type ReplicaStatus } from '@stock-bazaar/replication';

const ASK_TIMEOUT_MS = 2000;
/** A replica that has answered may be restarting just now. */
const PATIENCE_MS = 5000;
const POLL_INTERVAL_MS = 100;

/** What one order replica has on record, asked of itself and of nobody else. */
export class ReplicaOrders {
  readonly name: string;
  /** Why it is not compared any further; null while it is. */
  problem: string | null = null;
  /** Number of the last order that was compared with the others. */
  comparedUpTo = 0;

  constructor(
    private readonly client: Pick<GroupClient, 'ask'>,
    private readonly member: Member,
  ) {
    this.name = `order-${member.id}`;
  }

  /** Number of the last order that it has; undefined when it does not answer. */
  async lastNumber(): Promise<number | undefined> {
    return (await this.ask(0, 1, 0))?.lastNumber;
  }

  /** Resolves to the last number that it has, as soon as that is at least `number`, or when the time is up. */
  async reach(number: number, timeoutMs: number): Promise<number | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const last = await this.lastNumber();
      if (last === undefined || last >= number || performance.now() >= deadline) return last;
      await pause(POLL_INTERVAL_MS);
    }
  }

  /** Its orders from number `after + 1` to at most `upTo`; none when it has none, or does not answer any more. */
  async ordersAfter(after: number, upTo: number): Promise<readonly Order[]> {
    return (await this.ask(after, upTo - after, PATIENCE_MS))?.orders ?? [];
  }

  /** Whether it takes itself for complete. */
  async isReady(): Promise<boolean> {
    const result = await this.client.ask<ReplicaStatus>(this.member.id, STATUS_PATTERN, {}, ASK_TIMEOUT_MS);
    return 'answer' in result && result.answer.ready;
  }

  private async ask(after: number, limit: number, patienceMs: number): Promise<OwnOrders | undefined> {
    const deadline = performance.now() + patienceMs;
    const asked = { after, limit, requestId: `verify-${randomUUID()}`, timeoutMs: ASK_TIMEOUT_MS };
    for (;;) {
      const result = await this.client.ask<OwnOrders>(this.member.id, ORDER_PATTERNS.listOwn, asked, ASK_TIMEOUT_MS);
      if ('answer' in result) return result.answer;
      if (performance.now() >= deadline) {
        this.problem = result.why;
        return undefined;
      }
      await pause(POLL_INTERVAL_MS);
    }
  }
}
