import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { memberView, type ProcessView } from '../cluster/cluster.dto.js';
import { ClusterService } from '../cluster/cluster.service.js';
import { GatewayServer } from '../server/gateway-server.js';
import { WORKER_NUMBER } from '../server/workers.js';
import { LookupCounts } from '../stocks/lookup-counts.js';
import { StreamsService } from '../stream/streams.service.js';
import { StockStore } from '../stocks/stock-store.js';

/** The figures of each member of the exchange group; null where unknown. */
const MEMBER_FIGURES: Readonly<Record<string, readonly [help: string, of: (member: ProcessView) => number | null]>> = {
  up: ['1 when it answers', ({ up }) => Number(up)],
  term: ['its term', ({ term }) => term],
  commit_index: ['the last log entry that it knows to be committed', ({ commitIndex }) => commitIndex],
  applied_index: ['the last log entry that it has applied', ({ appliedIndex }) => appliedIndex],
  lag: ['log entries behind its leader', ({ lag }) => lag],
  read_lease_seconds: [
    'how long a catalog may answer lookups by itself yet',
    ({ readLeaseMs }) => (readLeaseMs === null ? null : readLeaseMs / 1000),
  ],
};

/**
 * Collects the figures of one gateway in a registry of its own, because a process may have several gateways. Events are counted
 * where they happen, in plain numbers, which are read on each scrape.
 */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly members = Object.entries(MEMBER_FIGURES).map(([name, [help, of]]) => ({
    gauge: this.ofMembers(name, help),
    of,
  }));

  constructor(
    private readonly cluster: ClusterService,
    private readonly server: GatewayServer,
    private readonly lookups: LookupCounts,
    private readonly store: StockStore,
    private readonly streams: StreamsService,
  ) {
    if (WORKER_NUMBER !== undefined) this.registry.setDefaultLabels({ worker: WORKER_NUMBER });
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(server.meter.total);
    this.registry.registerMetric(server.meter.seconds);
    this.addGateway();
    this.addCache();
  }

  /** Returns all figures in the text format of Prometheus. Asks every member, so it takes as long as the slowest, but bounded. */
  async scrape(): Promise<string> {
    await this.askMembers();
    return this.registry.metrics();
  }

  private async askMembers(): Promise<void> {
    const { members, leader } = await this.cluster.report();
    const views = members.map((member) => memberView(member, leader));
    for (const { gauge, of } of this.members) {
      // Otherwise the last value of a member that died would be reported for ever.
      gauge.reset();
      for (const view of views) {
        const value = of(view);
        if (value !== null) gauge.set({ process: view.process }, value);
      }
    }
  }

  private ofMembers(name: string, help: string): Gauge {
    return new Gauge({
      name: `bazaar_member_${name}`,
      help: `Of each order replica and catalog: ${help}.`,
      labelNames: ['process'],
      registers: [this.registry],
    });
  }

  private addGauge(name: string, help: string, valueNow: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(valueNow());
      },
    });
  }

  private addGateway(): void {
    const { server, streams } = this;
    this.addGauge('bazaar_http_requests_in_flight', 'Requests under way, this one included.', () => server.inFlight);
    this.addGauge(
      'bazaar_http_trades_limit',
      'Trades that may be under way at once: as many as the exchange decides in 150 ms.',
      () => server.tradeLimit,
    );
    this.addGauge('bazaar_streams_open', 'Open event streams.', () => streams.count);
  }

  private addCache(): void {
    const { lookups, store, registry } = this;
    new Counter({
      name: 'bazaar_lookups_total',
      help: 'Lookups of one stock, by where the answer came from.',
      labelNames: ['result'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [result, count] of lookups.entries()) this.inc({ result: result.toLowerCase() }, count);
      },
    });
    this.addGauge(
      'bazaar_cache_entries',
      'Stocks in the cache, whether or not they may be served now.',
      () => store.size,
    );
    new Counter({
      name: 'bazaar_cache_evictions_total',
      help: 'Stocks that had to go because the cache was full.',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(store.evictions);
      },
    });
  }
}
