import { setTimeout as pause } from 'node:timers/promises';
import { ServiceError, type WatchAnswer, type WatchCall } from '#contracts';
import { failpoint } from '#service-kit';
import type { ExchangeCommand } from '#exchange';
import { Watch } from './watch.js';

/** A gateway that is frozen or cut off delays trades by at most this. */
export const LEASE_MS = 500;
/** A quiet watch is answered after this, so that its next call renews the lease long before it ends. */
const HOLD_MS = 100;
/** Gateways at once. */
const MAX_WATCHES = 256;

/**
 * The gateways that cache stocks. This catalog acknowledges a trade only after `release`: then none of them answers from its
 * cache with an older quantity, because each has confirmed the change, or its lease has ended.
 *
 * Their leases come out of the catalog's own read lease and never outlast it. So when this catalog is frozen or cut off, the
 * group waits until its read lease has ended, and no gateway answers from a cache under it any more.
 *
 * A process that has just started knows no watches, but gateways may still trust a lease of the one before. It lets one lease
 * time pass before it releases anything.
 */
export class Watches {
  private readonly watches = new Map<string, Watch>();
  private readonly releasesFrom = performance.now() + LEASE_MS;

  /**
   * One turn of a gateway's watch. A watch that is unknown, or whose lease has ended, begins anew under another name.
   * @param readLeaseMs what is left of this catalog's own read lease, null without one; asked after the call has arrived
   */
  async watch({ watch: id, confirmed, timeoutMs }: WatchCall, readLeaseMs: () => number | null): Promise<WatchAnswer> {
    const receivedAt = performance.now();
    const leaseEnd = receivedAt + Math.min(LEASE_MS, readLeaseMs() ?? 0);
    const watch = this.renewed(id, confirmed, leaseEnd) ?? this.begin(leaseEnd);
    // The gateway counts from before we received it, so its own lease ends no later than ours.
    const leaseMs = watch.leaseMsFrom(receivedAt);
    const news = await watch.next(Math.min(HOLD_MS, timeoutMs / 2));
    if (news.changes.length > 0) failpoint('catalog: trade received, gateway not told');
    return { watch: watch.id, leaseMs, ...news };
  }

  /** Notes that a gateway is about to cache a stock; false when it must not. To be called before the stock is read. */
  hold(id: string | undefined, name: string): boolean {
    const watch = id === undefined ? undefined : this.watches.get(id);
    if (!watch?.isLive) return false;
    watch.hold(name);
    return true;
  }

  /** Resolves when no gateway can answer from its cache with what these commands outdate. */
  async release(commands: readonly ExchangeCommand[]): Promise<void> {
    // Nobody caches what there is not, so the first stocks outdate nothing.
    const names = new Set(commands.flatMap((command) => (command.command === 'trade' ? [command.name] : [])));
    for (const watch of this.watches.values()) for (const name of names) watch.changed(name);
    const graceMs = this.releasesFrom - performance.now();
    if (graceMs > 0) await pause(graceMs);
    const waiting: Promise<void>[] = [];
    for (const watch of this.watches.values()) for (const name of names) waiting.push(watch.settled(name));
    if (waiting.length > 0) await Promise.all(waiting);
    if (names.size > 0) failpoint('catalog: gateways have confirmed, trade not acknowledged');
  }

  private renewed(id: string | undefined, confirmed: number, leaseEnd: number): Watch | undefined {
    const watch = id === undefined ? undefined : this.watches.get(id);
    if (!watch?.isLive) return undefined;
    watch.confirm(confirmed);
    watch.renew(leaseEnd);
    return watch;
  }

  private begin(leaseEnd: number): Watch {
    for (const [id, watch] of this.watches) if (!watch.isLive) this.watches.delete(id);
    if (this.watches.size >= MAX_WATCHES)
      throw new ServiceError('OVERLOADED', `${MAX_WATCHES} gateways are watching, which is the limit`);
    const watch = new Watch(LEASE_MS, leaseEnd);
    this.watches.set(watch.id, watch);
    return watch;
  }
}
