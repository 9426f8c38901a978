import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  CATALOG_PATTERNS,
  crashPoint,
  ServiceError,
  settlesTrade,
  tcpClientOptions,
  type PlaceOrderCall,
  type TradeOutcome,
  type UnrecordedTrades,
} from '@stock-bazaar/contracts';
import { GroupClient, NoLeader, NoQuorum, NotLeader, WrongGroup, type CallOptions } from '@stock-bazaar/replication';
import { OrderConfig } from '../order.config.js';

/** Trades asked for at once when orphans are looked for. */
const UNRECORDED_AT_ONCE = 500;

/** What an order leader says of itself with each call. */
export interface Standing {
  /** The last number on record. */
  readonly recordedUpTo: number;
  /** The term in which it leads; a catalog that has heard a newer leader refuses it. */
  readonly orderTerm: number;
  /** The id of its group. */
  readonly orderGroup: string;
}

/** The catalog, as an order leader sees it. */
@Injectable()
export class CatalogClient implements OnApplicationShutdown {
  private readonly group: GroupClient;
  private saidRecordedUpTo = 0;

  constructor(private readonly config: OrderConfig) {
    this.group = new GroupClient({
      group: 'catalog',
      members: config.catalogReplicas,
      rpcTimeoutMs: config.rpcTimeoutMs,
      // A catalog that lost its disk comes back as a new group, and is rebuilt from the record.
      staysWithGroup: false,
      tcp: tcpClientOptions(config.clusterToken),
    });
  }

  /**
   * Asks for a decision, in one message with others; it is the same for every repeat of the key. Throws a `ServiceError`
   * (nothing was traded), `NotLeader` when a newer order leader has spoken to the catalog, or `OutcomeUnknown`.
   */
  async trade(
    { key, name, type, quantity, requestId, timeoutMs }: PlaceOrderCall,
    standing: Standing,
  ): Promise<TradeOutcome> {
    const payload = { key, name, type, quantity, requestId, ...standing };
    const outcome = await this.call<TradeOutcome>(CATALOG_PATTERNS.trade, payload, { timeoutMs, isBatched: true });
    this.saidRecordedUpTo = Math.max(this.saidRecordedUpTo, standing.recordedUpTo);
    return outcome;
  }

  /** Trades that were executed after the last one on record. */
  unrecorded({ recordedUpTo: after, ...leader }: Standing, requestId: string): Promise<UnrecordedTrades> {
    return this.call(
      CATALOG_PATTERNS.unrecorded,
      { after, ...leader, limit: UNRECORDED_AT_ONCE, requestId },
      { timeoutMs: this.config.rpcTimeoutMs },
    );
  }

  /** Tells the catalog what is on record, unless it was told with a trade already. */
  async confirm({ recordedUpTo, ...leader }: Standing, requestId: string): Promise<void> {
    if (recordedUpTo <= this.saidRecordedUpTo) return;
    const payload = { upTo: recordedUpTo, ...leader, requestId };
    crashPoint('order: trade on record, catalog not told');
    await this.call(CATALOG_PATTERNS.recorded, payload, { timeoutMs: this.config.rpcTimeoutMs });
    crashPoint('order: trade on record, catalog told');
    this.saidRecordedUpTo = recordedUpTo;
  }

  onApplicationShutdown(): void {
    this.group.close();
  }

  private async call<T>(
    pattern: string,
    payload: object,
    options: Pick<CallOptions, 'timeoutMs' | 'isBatched'>,
  ): Promise<T> {
    try {
      return await this.group.call<T>(pattern, payload, { ...options, repeatable: true, isFinal: settlesTrade });
    } catch (error) {
      if (error instanceof NoLeader || error instanceof NoQuorum)
        throw new ServiceError('CATALOG_UNAVAILABLE', error.message);
      if (error instanceof WrongGroup) throw new ServiceError('WRONG_GROUP', error.message);
      const refusal = ServiceError.fromWire(error);
      if (refusal?.reason === 'SUPERSEDED') throw new NotLeader(null);
      throw refusal ?? error;
    }
  }
}
