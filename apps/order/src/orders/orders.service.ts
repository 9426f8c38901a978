import { Injectable } from '@nestjs/common';
import {
  crashPoint,
  crashPointOnceSent,
  ServiceError,
  settlesTrade,
  type GetOrderByKeyCall,
  type GetOrderCall,
  type ListOrdersCall,
  type ListOwnOrdersCall,
  type Order,
  type OrderPage,
  type OwnOrders,
  type PlacedOrder,
  type PlaceOrderCall,
} from '@stock-bazaar/contracts';
import { Overloaded, ReplicatedLog } from '@stock-bazaar/replication';
import { Recorder } from '../recovery/recorder.js';
import { CatalogClient } from './catalog.client.js';
import { OrderBook } from './order-book.js';
import type { OrderCommand, OrderResult } from './order.command.js';

/** Trades that this leader works on at once; beyond it `Overloaded`. */
const MAX_IN_FLIGHT = 4096;
const RETRY_AFTER_MS = 200;
const KEY_HINT =
  'no trade was executed under this key: it was refused, or never came, or is still on its way; to be certain which, send it again with the same key';

/** What the order group does for others. Only its leader answers, but for `listOwn`. */
@Injectable()
export class OrdersService {
  /** Trades under way, by key and content: a repeat that comes meanwhile shares the first one's answer. */
  private readonly inFlight = new Map<string, { readonly key: string; readonly placed: Promise<PlacedOrder> }>();

  constructor(
    private readonly log: ReplicatedLog<OrderCommand, OrderResult>,
    private readonly book: OrderBook,
    private readonly catalog: CatalogClient,
    private readonly recorder: Recorder,
  ) {}

  async place(call: PlaceOrderCall): Promise<PlacedOrder> {
    this.log.assertLeader();
    const known = this.book.findByKey(call.key);
    if (known) return replay(known, call);
    const identity = identityOf(call);
    const underWay = this.inFlight.get(identity);
    const joined = underWay && (await join(underWay.placed));
    if (joined) return joined;
    if (this.inFlight.size >= MAX_IN_FLIGHT) throw new Overloaded(RETRY_AFTER_MS);
    const placed = this.execute(call).finally(() => this.inFlight.delete(identity));
    this.inFlight.set(identity, { key: call.key, placed });
    return placed;
  }

  async get({ number }: GetOrderCall): Promise<Order> {
    await this.log.read();
    const order = this.book.find(number);
    if (!order) throw new ServiceError('ORDER_NOT_FOUND');
    return order;
  }

  /** A trade may be executed and not yet on record; "not found" is true only after those were recorded. */
  async getByKey({ key }: GetOrderByKeyCall): Promise<Order> {
    await this.log.read();
    const order = this.book.findByKey(key);
    if (order) return order;
    // What is being executed at this moment would not be found, and exist a moment later.
    await Promise.allSettled(
      [...this.inFlight.values()].filter((trade) => trade.key === key).map(({ placed }) => placed),
    );
    await this.recorder.recoverOrphans();
    const recovered = this.book.findByKey(key);
    if (!recovered) throw new ServiceError('ORDER_NOT_FOUND', undefined, { hint: KEY_HINT });
    return recovered;
  }

  async list({ after, limit, name, type }: ListOrdersCall): Promise<OrderPage> {
    await this.log.read();
    return this.book.list(after, limit, { name, type });
  }

  /** What this replica has applied, leader or not, behind the others or not. */
  listOwn({ after, limit }: ListOwnOrdersCall): OwnOrders {
    const { orders } = this.book.list(after, limit, {});
    return { orders, lastNumber: this.book.lastNumber, appliedIndex: this.log.status().appliedIndex };
  }

  private async execute(call: PlaceOrderCall): Promise<PlacedOrder> {
    crashPoint('order: trade taken, catalog not asked');
    crashPointOnceSent('order: catalog asked, not answered');
    const outcome = await this.catalog.trade(call, this.recorder.standing);
    const { replayed } = outcome;
    if (!outcome.executed) {
      crashPoint('order: trade refused, not answered');
      throw new ServiceError(outcome.reason, undefined, { replayed });
    }
    crashPoint('order: trade executed, not proposed');
    await this.recorder.record(outcome.trade);
    crashPoint('order: trade on record, not answered');
    return { number: outcome.trade.number, replayed };
  }
}

/** The answer of the same trade that is under way; undefined when it ended without a decision. */
async function join(underWay: Promise<PlacedOrder>): Promise<PlacedOrder | undefined> {
  try {
    return await underWay;
  } catch (error) {
    // The first caller may just have had less time left than this one.
    if (error instanceof ServiceError && settlesTrade(error.toWire())) throw error;
    return undefined;
  }
}

/** Key and content as one text: the same key with another content is another trade, and must be refused. */
function identityOf({ key, name, type, quantity }: PlaceOrderCall): string {
  return JSON.stringify([key, name, type, quantity]);
}

function replay(order: Order, { name, type, quantity }: PlaceOrderCall): PlacedOrder {
  const isSame = order.name === name && order.type === type && order.quantity === quantity;
  if (!isSame) throw new ServiceError('IDEMPOTENCY_KEY_REUSED');
  return { number: order.number, replayed: true };
}
