import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ORDER_PATTERNS, ServiceError, settlesTrade, type PlacedOrder, type TradeType } from '#contracts';
import { failpoint, failpointOnceSent } from '#service-kit';
import { ExchangeClient } from '#exchange';
import { NoLearner } from '#replication';
import { readFailure, tradeFailure } from '../errors/group-errors.js';
import { FrontendConfig } from '../frontend.config.js';
import type { Caller, RequestContext } from '../server/request-context.js';

/** Sends requests to the order replicas and the catalogs. All expected failures are `ServiceError`s. */
@Injectable()
export class ExchangeGroup implements OnApplicationShutdown {
  readonly client: ExchangeClient;

  constructor(config: FrontendConfig) {
    this.client = new ExchangeClient(config.exchangeGroup(), { rpcTimeoutMs: config.rpcTimeoutMs });
  }

  /** Places a trade, in one message with others. Repeating it is safe, because every replica knows it by its key. */
  async place(
    trade: { readonly key: string; readonly name: string; readonly type: TradeType; readonly quantity: number },
    context: RequestContext,
  ): Promise<PlacedOrder> {
    failpoint('gateway: trade taken, not sent');
    failpointOnceSent('gateway: trade sent, not answered');
    try {
      const placed = await this.client.call<PlacedOrder>(
        ORDER_PATTERNS.place,
        { ...trade, requestId: context.id },
        { timeoutMs: context.remainingMs, repeatable: true, isFinal: settlesTrade, isBatched: true },
      );
      failpoint('gateway: trade answered, client not told');
      return placed;
    } catch (error) {
      throw tradeFailure(error, trade.key);
    }
  }

  /** Sends a read to the order leader. */
  async askLeader<T>(pattern: string, payload: object, caller: Caller): Promise<T> {
    try {
      return await this.client.call<T>(
        pattern,
        { ...payload, requestId: caller.id },
        { timeoutMs: caller.remainingMs, repeatable: true },
      );
    } catch (error) {
      throw readFailure(error);
    }
  }

  /**
   * Sends a read to a catalog: the same one as long as its answers are sufficient, otherwise the next.
   * @param isEnough whether an answer is sufficient, so that no other catalog needs to be asked
   */
  async askCatalog<T>(
    pattern: string,
    payload: object,
    caller: Caller,
    isEnough: (answer: T) => boolean = () => true,
  ): Promise<T> {
    try {
      const asked = { ...payload, requestId: caller.id };
      return await this.client.callLearner<T>(pattern, asked, { timeoutMs: caller.remainingMs, isEnough, isFinal });
    } catch (error) {
      if (!(error instanceof NoLearner)) throw readFailure(error);
      throw new ServiceError('CATALOG_UNAVAILABLE', `no catalog answers: ${error.why}; this request was not executed`);
    }
  }

  onApplicationShutdown(): void {
    this.client.close();
  }
}

/** Whether every catalog would give the same error. One that is stopping, overloaded or without stocks speaks only for itself. */
function isFinal(wireError: unknown): boolean {
  const error = ServiceError.fromWire(wireError);
  return error !== undefined && error.code < 500 && error.code !== 429;
}
