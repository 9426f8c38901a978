import type { BenchReport, BenchResult } from '../src/bench/bench-report.js';
import type { BenchSetting } from '../src/bench/bench-setting.js';
import { Latencies } from '../src/workload/latencies.js';

/** A text that would run a script if it were not escaped, and would leave an attribute. */
export const HOSTILE = `"'><img src=x onerror=alert(1)>&`;

export const SETTING: BenchSetting = {
  command: 'bazaar bench --html r.html',
  startedAt: new Date('2030-01-02T03:04:05Z'),
  machine: '2 processors',
  options: [['gateway', 'http://127.0.0.1:8080']],
};

/** A run of one second with ten lookups and two buys, unless it is said otherwise. */
export function reportOf(differences: Partial<BenchReport> = {}): BenchReport {
  return {
    cache: 'as configured',
    prob: 0.2,
    passed: true,
    elapsedMs: 1000,
    requestsPerSecond: 12,
    acknowledged: 2,
    unknownOutcomes: 0,
    latencies: [
      { kind: 'lookup', count: 10, meanMs: 1.25, p50Ms: 1, p99Ms: 4, maxMs: 5 },
      { kind: 'buy', count: 2, meanMs: 7.5, p50Ms: 7, p99Ms: 8, maxMs: 9 },
    ],
    refusals: [],
    invalid: [],
    errors: [],
    mismatchCount: 0,
    mismatches: [],
    verification: null,
    histograms: [
      { kind: 'lookup', bars: barsOf(0, 4, 6, 0, 0) },
      { kind: 'buy', bars: barsOf(0, 0, 0, 2, 0) },
    ],
    throughput: { intervalMs: 250, requests: [4, 1, 0, 7], trades: [1, 0, 0, 1] },
    killed: null,
    killedAtMs: null,
    leaderChanges: [],
    clientLoad: 0.5,
    ...differences,
  };
}

function barsOf(...counts: readonly number[]): BenchReport['histograms'][number]['bars'] {
  const ends = [0.5, 1, 2, 5, null];
  return counts.map((count, i) => ({ upToMs: ends[i] ?? null, count }));
}

export function resultOf(...reports: readonly BenchReport[]): BenchResult {
  return { reports, verification: null, failure: null };
}

/** Five probabilities, each with a cache and without; nothing is traded at 0. */
export function sweep(probabilities = [0, 0.2, 0.5, 0.8, 1]): BenchResult {
  const reports = probabilities.flatMap((prob) =>
    (['on', 'off'] as const).map((cache) => {
      const meanMs = (cache === 'on' ? 1 : 3) + prob;
      const lookup = { kind: 'lookup' as const, count: 100, meanMs, p50Ms: meanMs, p99Ms: 5 * meanMs, maxMs: 50 };
      const sell = { ...lookup, kind: 'sell' as const, meanMs: 2 * meanMs };
      return reportOf({ cache, prob, acknowledged: prob * 100, latencies: prob === 0 ? [lookup] : [lookup, sell] });
    }),
  );
  return resultOf(...reports);
}

/** A run whose histogram has every bar there can be, so that its axis has the most labels. */
export function crowded(): BenchResult {
  const latencies = new Latencies();
  for (let ms = 0.1; ms < 10_000; ms *= 1.5) latencies.record(ms);
  return resultOf(reportOf({ histograms: [{ kind: 'lookup', bars: latencies.bars }] }));
}

/** A killed leader, two outages, and everything that can go wrong, in hostile words. */
export function failed(): BenchResult {
  const report = reportOf({
    passed: false,
    killed: 'order-3',
    killedAtMs: 250,
    leaderChanges: [
      { atMs: 400, from: 'order-3', to: 'order-2', term: 7, outageFromMs: 260, outageMs: 240 },
      { atMs: 900, from: 'order-2', to: 'order-1', term: 8, outageFromMs: 875, outageMs: 500 },
    ],
    errors: [{ what: HOSTILE, count: 3 }],
    refusals: [{ what: '422 NOT_ENOUGH_STOCKS', count: 1 }],
    mismatchCount: 90,
    mismatches: Array.from({ length: 80 }, (_, i) => `mismatch ${i}: ${HOSTILE}`),
    clientLoad: 0.97,
  });
  const members = [{ name: 'order-1', comparedUpTo: 5, problem: HOSTILE }];
  const verification = { passed: false, difference: HOSTILE, orders: 5, members, stocks: [], elapsedMs: 3 };
  return { reports: [report], verification, failure: null };
}
