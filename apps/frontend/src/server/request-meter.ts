import { Counter, Histogram } from 'prom-client';

/** Seconds: a hit of the cache, a trade of an idle system, of a busy one, one that waited for a new leader, a deadline. */
const BUCKETS = [0.001, 0.01, 0.1, 1, 5];

/** Counts the requests of one server. It belongs to no registry by itself, so there may be several in one process. */
export class RequestMeter {
  readonly total = new Counter({
    name: 'bazaar_http_requests_total',
    help: 'Requests by method and status; status "none" when the client hung up before the answer.',
    labelNames: ['method', 'status'],
    registers: [],
  });
  readonly seconds = new Histogram({
    name: 'bazaar_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    buckets: BUCKETS,
    registers: [],
  });
  /** Finding a counter by its labels costs more than counting. */
  private readonly counters = new Map<string, Counter.Internal>();

  /** @param startedAt by `performance.now()` */
  count(method: string, status: number | 'none', startedAt: number): void {
    const key = `${method} ${status}`;
    let counter = this.counters.get(key);
    if (!counter) this.counters.set(key, (counter = this.total.labels(method, String(status))));
    counter.inc();
    this.seconds.observe((performance.now() - startedAt) / 1000);
  }
}
