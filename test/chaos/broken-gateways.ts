import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { LookupAnswer, PlacedOrder } from '#contracts';
import type { PlaceOrderBody } from '../../apps/frontend/src/orders/orders.dto.js';
import { OrdersService } from '../../apps/frontend/src/orders/orders.service.js';
import type { RequestContext } from '../../apps/frontend/src/server/request-context.js';
import { CacheLease } from '../../apps/frontend/src/stocks/cache-lease.js';
import { StockCache, type CachedStock, type FillToken } from '../../apps/frontend/src/stocks/stock-cache.js';

/*
 * Parts of gateways as systems of this kind often have them. They stand in for the real ones in tests only, to show that
 * the checkers find what they break.
 */

/** A cache without fill tokens: it drops what changed, and takes whatever a slow answer brings afterwards. */
@Injectable()
export class CacheWithoutVersions extends StockCache {
  private readonly entries = new Map<string, CachedStock>();

  override get(name: string): Promise<CachedStock | undefined> {
    return Promise.resolve(this.entries.get(name));
  }

  override fill(token: FillToken, { stock, isWatched }: LookupAnswer): Promise<void> {
    this.entries.set(token.name, { stock, watch: isWatched ? token.watch : undefined });
    this.release(token);
    return Promise.resolve();
  }

  override invalidate(name: string): Promise<void> {
    this.entries.delete(name);
    return Promise.resolve();
  }
}

/** A cache without leases: it trusts in being told of changes, also when nobody can tell it. */
@Injectable()
export class EndlessLease extends CacheLease {
  private last: string | undefined;

  override get current(): string | undefined {
    return (this.last = super.current ?? this.last);
  }
}

/** Orders without trade ids: every request is a trade of its own, whatever its key says. */
@Injectable()
export class OrdersWithoutIds extends OrdersService {
  override place(_key: string, body: PlaceOrderBody, context: RequestContext): Promise<PlacedOrder> {
    return super.place(randomUUID(), body, context);
  }
}
