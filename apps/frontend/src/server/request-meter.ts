import type { IncomingMessage } from 'node:http';
import { Counter, Histogram } from 'prom-client';
import type { KnownRoutes } from './known-routes.js';

/** Upper bounds in seconds, from well below a cache hit to the default deadline of a request. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Usual methods. Others are labelled `other`, as unknown paths are: clients must not be able to create series at will. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const OTHER = 'other';

/**
 * Counts and times the requests of one server, also those that never reach Express: the shortcut's, and refused ones. Belongs
 * to no registry, because a process may have several servers.
 */
export class RequestMeter {
  readonly total = new Counter({
    name: 'bazaar_http_requests_total',
    help: 'Requests by method and status; status "none" when the client hung up before the answer.',
    labelNames: ['method', 'status'],
    registers: [],
  });
  readonly seconds = new Histogram({
    name: 'bazaar_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [],
  });

  constructor(private readonly routes: KnownRoutes) {}

  /** @param startedAt when the request arrived, by `performance.now()` */
  count({ method = '', url = '' }: IncomingMessage, status: number | 'none', startedAt: number): void {
    const labels = { method: METHODS.has(method) ? method : OTHER, status };
    this.total.inc(labels);
    const route = this.routes.templateOf(url) ?? OTHER;
    this.seconds.observe({ route, ...labels }, (performance.now() - startedAt) / 1000);
  }
}
