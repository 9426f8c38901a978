import { Injectable } from '@nestjs/common';
import {
  ServiceError,
  type AddFirstStocksCall,
  type FirstStocksAdded,
  type GetOrderByKeyCall,
  type GetOrderCall,
  type ListOrdersCall,
  type Order,
  type OrderPage,
  type PlacedOrder,
  type PlaceOrderCall,
} from '#contracts';
import { failpoint, failpointOnceSent } from '#service-kit';
import { Exchange, type ExchangeCommand, type ExchangeResult, type Trade } from '#exchange';
import { ReplicatedLog } from '#replication';

const NO_STOCKS = 'the exchange has no stocks yet; the first catalog that starts adds them';
const KEY_HINT =
  'no trade was executed under this key: it was refused, or never came, or is still on its way; to be certain which, send it again with the same key';

/** Serves gateways on behalf of the exchange group. Only the leader answers. */
@Injectable()
export class OrdersService {
  /** The trades that this leader has proposed and not yet seen decided, by key. */
  private readonly underWay = new Map<string, Promise<ExchangeResult>>();

  constructor(
    private readonly log: ReplicatedLog<ExchangeCommand, ExchangeResult>,
    private readonly exchange: Exchange,
  ) {}

  /** Decides a trade, or repeats what was decided under its key. What is refused is thrown. */
  async place({ key, name, type, quantity }: PlaceOrderCall): Promise<PlacedOrder> {
    this.log.assertLeader();
    const trade: Trade = { key, name, type, quantity };
    // An outcome is final, so a repeat needs no place in the log.
    const known = this.exchange.outcomeOf(trade);
    if (known === 'keyReused') throw new ServiceError('IDEMPOTENCY_KEY_REUSED');
    if (this.exchange.isEmpty) throw noStocks();
    return placedBy(known ?? (await this.decide(trade)));
  }

  async get({ number }: GetOrderCall): Promise<Order> {
    await this.log.read();
    const order = this.exchange.findOrder(number);
    if (!order) throw new ServiceError('ORDER_NOT_FOUND');
    return order;
  }

  async getByKey({ key }: GetOrderByKeyCall): Promise<Order> {
    await this.log.read();
    // What is being decided at this moment would not be found, and exist a moment later.
    if (!this.exchange.findOrderByKey(key)) await this.underWay.get(key)?.catch(() => undefined);
    const order = this.exchange.findOrderByKey(key);
    if (!order) throw new ServiceError('ORDER_NOT_FOUND', undefined, { hint: KEY_HINT });
    return order;
  }

  async list({ after, limit, name, type }: ListOrdersCall): Promise<OrderPage> {
    await this.log.read();
    return this.exchange.listOrders(after, limit, { name, type });
  }

  async addFirstStocks({ stocks }: AddFirstStocksCall): Promise<FirstStocksAdded> {
    this.log.assertLeader();
    if (!this.exchange.isEmpty) return { added: false };
    const result = await this.log.propose({ command: 'addFirstStocks', stocks });
    return { added: result.result === 'firstStocks' && result.added };
  }

  private async decide(trade: Trade): Promise<ExchangeResult> {
    failpoint('order: trade taken, not proposed');
    failpointOnceSent('order: trade proposed, not decided');
    const deciding = this.log.propose({ command: 'trade', ...trade, executedAt: Date.now() });
    this.underWay.set(trade.key, deciding);
    try {
      return await deciding;
    } finally {
      if (this.underWay.get(trade.key) === deciding) this.underWay.delete(trade.key);
      failpoint('order: trade decided, not answered');
    }
  }
}

function placedBy(outcome: ExchangeResult): PlacedOrder {
  switch (outcome.result) {
    case 'executed':
      return { number: outcome.number, replayed: outcome.replayed };
    case 'refused':
      throw new ServiceError(outcome.reason, undefined, { replayed: outcome.replayed });
    case 'undecided':
      throw outcome.because === 'keyReused' ? new ServiceError('IDEMPOTENCY_KEY_REUSED') : noStocks();
    case 'firstStocks':
      throw new ServiceError('INTERNAL_ERROR');
  }
}

function noStocks(): ServiceError {
  return new ServiceError('CATALOG_UNAVAILABLE', NO_STOCKS, { retryAfterMs: 100 });
}
