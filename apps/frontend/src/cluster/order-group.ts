import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  crashPoint,
  crashPointOnceSent,
  ORDER_PATTERNS,
  settlesTrade,
  tcpClientOptions,
  type PlacedOrder,
  type TradeType,
} from '@stock-bazaar/contracts';
import { GroupClient } from '@stock-bazaar/replication';
import { readFailure, tradeFailure } from '../errors/group-errors.js';
import { FrontendConfig } from '../frontend.config.js';
import type { RequestContext } from '../server/request-context.js';

/** The order replicas, as the gateway reaches them. All failures are `ServiceError`s. */
@Injectable()
export class OrderGroup implements OnApplicationShutdown {
  readonly client: GroupClient;

  constructor(config: FrontendConfig) {
    this.client = new GroupClient({
      group: 'order',
      members: config.orderReplicas,
      rpcTimeoutMs: config.rpcTimeoutMs,
      tcp: tcpClientOptions(config.clusterToken),
    });
  }

  /** Places a trade, in one message with others. Repeating it is safe, because the key names it everywhere. */
  async place(
    trade: { readonly key: string; readonly name: string; readonly type: TradeType; readonly quantity: number },
    context: RequestContext,
  ): Promise<PlacedOrder> {
    crashPoint('gateway: trade taken, not sent');
    crashPointOnceSent('gateway: trade sent, not answered');
    try {
      const placed = await this.client.call<PlacedOrder>(
        ORDER_PATTERNS.place,
        { ...trade, requestId: context.id },
        { timeoutMs: context.remainingMs, repeatable: true, isFinal: settlesTrade, isBatched: true },
      );
      crashPoint('gateway: trade answered, client not told');
      return placed;
    } catch (error) {
      throw tradeFailure(error, trade.key);
    }
  }

  /** A read that the leader answers. */
  async read<T>(pattern: string, payload: object, context: RequestContext): Promise<T> {
    try {
      return await this.client.call<T>(
        pattern,
        { ...payload, requestId: context.id },
        { timeoutMs: context.remainingMs, repeatable: true },
      );
    } catch (error) {
      throw readFailure(error, 'NO_LEADER');
    }
  }

  onApplicationShutdown(): void {
    this.client.close();
  }
}
