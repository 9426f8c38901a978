import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError, type FollowAnswer, type FollowCall, type Stock } from '#contracts';
import { Exchange, type ExchangeCommand } from '#exchange';
import { ReplicatedLog } from '#replication';
import { filter, firstValueFrom, race, Subject, timer } from 'rxjs';
import { shown } from '../stocks/shown.js';

/** Maximum time that a call waits for the next trade, in milliseconds: well below what a gateway takes for a frozen catalog. */
const HOLD_MS = 300;
/** Calls that wait at once, one for each gateway. */
const MAX_WAITING = 256;

/** Tells gateways of the trades as this catalog applies them. */
@Injectable()
export class TradesService implements OnModuleDestroy {
  private readonly stopping = new Subject<void>();
  private isStopping = false;
  private waiting = 0;

  constructor(
    private readonly log: ReplicatedLog<ExchangeCommand>,
    private readonly exchange: Exchange,
  ) {}

  onModuleDestroy(): void {
    this.isStopping = true;
    this.stopping.next();
  }

  async follow({ after, limit, timeoutMs }: FollowCall): Promise<FollowAnswer> {
    // A catalog that may be behind answers at once, so that the gateway can ask another one.
    if (after !== undefined && this.isFresh) await this.untilTradeAfter(after, Math.min(HOLD_MS, timeoutMs / 2));
    if (this.isStopping) throw new ServiceError('SHUTTING_DOWN');
    const { lastNumber } = this.exchange;
    const { orders } = this.exchange.listOrders(after ?? lastNumber, limit);
    return { orders, stocks: this.stocksOf(orders), lastNumber, isFresh: this.isFresh };
  }

  private get isFresh(): boolean {
    return this.log.readLeaseMs !== null;
  }

  private async untilTradeAfter(number: number, holdMs: number): Promise<void> {
    if (this.waiting >= MAX_WAITING)
      throw new ServiceError('OVERLOADED', `${MAX_WAITING} gateways follow the trades, which is the limit`);
    const traded = this.log.applied$.pipe(filter(() => this.exchange.lastNumber > number));
    this.waiting += 1;
    try {
      await firstValueFrom(race(traded, timer(holdMs), this.stopping));
    } finally {
      this.waiting -= 1;
    }
  }

  private stocksOf(orders: FollowAnswer['orders']): readonly Stock[] {
    const names = [...new Set(orders.map(({ name }) => name))];
    return names.flatMap((name) => this.exchange.findStock(name) ?? []).map(shown);
  }
}
