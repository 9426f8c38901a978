import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { crashPoint, ServiceError, type StockChange, type WatchAnswer, type WatchCall } from '@stock-bazaar/contracts';
import { ReplicatedLog } from '@stock-bazaar/replication';
import type { Subscription } from 'rxjs';
import { StockBook } from '../stocks/stock-book.js';
import { Watch } from './watch.js';

/** A gateway that is frozen or cut off delays trades by at most this. */
export const LEASE_MS = 500;
/** A quiet watch is answered after this, so that its next call renews the lease long before it ends. */
const HOLD_MS = 100;
/** Gateways at once. */
const MAX_WATCHES = 256;

/**
 * The gateways that cache stocks. Before a trade is acknowledged or shown, `settled` makes sure that none of them answers
 * from its cache with an older quantity: each has confirmed the change, or its lease has ended.
 *
 * A new leader knows no watches, but gateways may still trust a lease of its predecessor. It lets one lease time pass
 * before its first acknowledgement. A predecessor that was deposed can't renew: that takes a read through the log.
 */
@Injectable()
export class WatchesService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly watches = new Map<string, Watch>();
  private subscription: Subscription | undefined;
  private acknowledgesFrom = Infinity;

  constructor(
    private readonly log: ReplicatedLog,
    private readonly book: StockBook,
  ) {}

  onApplicationBootstrap(): void {
    this.subscription = this.log.leadership$.subscribe(({ isLeader }) => {
      this.watches.clear();
      this.acknowledgesFrom = isLeader ? performance.now() + LEASE_MS : Infinity;
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  /** One turn of a gateway's watch. A watch that is unknown, or whose lease has ended, begins anew under another name. */
  async watch({ watch: id, confirmed, timeoutMs }: WatchCall): Promise<WatchAnswer> {
    const receivedAt = performance.now();
    await this.log.read();
    const incarnation = this.book.incarnation ?? '';
    const watch = this.renewed(id, confirmed) ?? this.begin();
    // The gateway counts from before we received it, so its own lease ends no later than ours.
    const leaseMs = watch.leaseMsFrom(receivedAt);
    const news = await watch.next(Math.min(HOLD_MS, timeoutMs / 2));
    if (news.changes.length > 0) crashPoint('catalog: stock changed, gateway not told');
    return { watch: watch.id, incarnation, leaseMs, ...news };
  }

  /** Notes that a gateway is about to cache a stock; false when it must not. Call it in the turn in which the stock is read. */
  hold(id: string | undefined, name: string): boolean {
    const watch = id === undefined ? undefined : this.watches.get(id);
    if (!watch?.isLive) return false;
    watch.hold(name);
    return true;
  }

  /** To be called for every change, in the turn in which it is applied. */
  changed(change: StockChange): void {
    for (const watch of this.watches.values()) watch.changed(change);
  }

  /** Resolves when no gateway can answer with an older version of any of these stocks than there is now. */
  async settled(names: Iterable<string>): Promise<void> {
    const graceMs = this.acknowledgesFrom - performance.now();
    if (graceMs > 0) await pause(Math.min(graceMs, LEASE_MS));
    const waiting: Promise<void>[] = [];
    for (const name of new Set(names)) for (const watch of this.watches.values()) waiting.push(watch.settled(name));
    await Promise.all(waiting);
  }

  private renewed(id: string | undefined, confirmed: number): Watch | undefined {
    const watch = id === undefined ? undefined : this.watches.get(id);
    if (!watch?.isLive) return undefined;
    watch.confirm(confirmed);
    watch.renew();
    return watch;
  }

  private begin(): Watch {
    for (const [id, watch] of this.watches) if (!watch.isLive) this.watches.delete(id);
    if (this.watches.size >= MAX_WATCHES)
      throw new ServiceError('OVERLOADED', `${MAX_WATCHES} gateways are watching, which is the limit`);
    const watch = new Watch(LEASE_MS);
    this.watches.set(watch.id, watch);
    return watch;
  }
}
