import { afterEach, describe, expect, it } from 'vitest';
import { runBench, type BenchOptions } from '../src/bench/bench-run.js';
import { longestGap } from '../src/bench/leader-watch.js';
import { createBenchReport, type BenchReport } from '../src/bench/bench-report.js';
import { toCsv } from '../src/bench/bench-tables.js';
import { FakeExchange, refusal } from './fake-exchange.js';

const DURATION_MS = 700;

let exchange: FakeExchange;

afterEach(() => exchange.close());

async function benchOf(fake: FakeExchange, options: Partial<BenchOptions> = {}): Promise<BenchReport> {
  exchange = fake;
  const bench = await runBench({
    url: await fake.listen(),
    durationMs: DURATION_MS,
    connections: 4,
    prob: 0.5,
    verify: true,
    signal: new AbortController().signal,
    tell: () => undefined,
    ...options,
  });
  return createBenchReport({ cache: 'as configured', prob: 0.5 }, bench);
}

function answersOf(report: BenchReport): number {
  return report.latencies.reduce((sum, { count }) => sum + count, 0);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('a bench against an honest exchange', () => {
  it('passes, ends in time, and every answer stands in a histogram', async () => {
    const report = await benchOf(new FakeExchange());
    expect(report).toMatchObject({ passed: true, errors: [], mismatches: [], leaderChanges: [], killed: null });
    expect(report.verification).toMatchObject({ isComplete: true, tradesOfThisRun: report.acknowledged });
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report.elapsedMs).toBeGreaterThanOrEqual(DURATION_MS);
    expect(report.elapsedMs).toBeLessThan(DURATION_MS + 2000);
    const inBars = report.histograms.flatMap(({ bars }) => bars).reduce((sum, { count }) => sum + count, 0);
    expect(inBars).toBe(answersOf(report));
    const { intervalMs, requests, trades } = report.throughput;
    expect([intervalMs, requests.length, trades.length]).toEqual([100, DURATION_MS / 100, DURATION_MS / 100]);
    // Answers that came after the end of the run are in no interval, and those to the verification neither.
    const answers = report.latencies.reduce((sum, { kind, count }) => sum + (kind === 'order' ? 0 : count), 0);
    expect(sumOf(requests)).toBeGreaterThan(answers * 0.8);
    expect(sumOf(requests)).toBeLessThanOrEqual(answers);
    expect(sumOf(trades)).toBeGreaterThan(report.acknowledged * 0.8);
    expect(sumOf(trades)).toBeLessThanOrEqual(report.acknowledged);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const bench = benchOf(new FakeExchange(), { durationMs: 60_000, signal: stop.signal });
    setTimeout(() => stop.abort(), 1500);
    expect(await bench).toMatchObject({ passed: true });
  });

  it('gives each run a line in the file for other programs', async () => {
    const report = await benchOf(new FakeExchange(), { prob: 0, durationMs: 100 });
    const [head, line, ...rest] = toCsv([{ ...report, prob: 0 }])
      .trimEnd()
      .split('\n');
    expect(head).toMatch(/^cache,trade prob,requests\/s,/);
    expect(line).toMatch(/^as configured,0,\d+,0,[\d.]+,[\d.]+,[\d.]+,,,,0$/);
    expect(rest).toEqual([]);
  });
});

describe('a bench against an exchange that fails', () => {
  const FROM_MS = 1300;
  const OUTAGE_MS = 300;

  it('names the failures, the new leader, and how long nobody could trade', async () => {
    let startedAt: number | undefined;
    const fake = new FakeExchange(({ method, path }, reply) => {
      startedAt ??= performance.now();
      const elapsedMs = performance.now() - startedAt;
      const leads = elapsedMs < FROM_MS ? 3 : 2;
      if (path === '/leader') Object.assign(reply, { status: 200, body: { data: { id: leads, term: 5 - leads } } });
      if (method === 'POST' && elapsedMs >= FROM_MS && elapsedMs < FROM_MS + OUTAGE_MS)
        Object.assign(reply, refusal('NO_LEADER'));
    });
    const report = await benchOf(fake, { durationMs: 1500, prob: 1 });
    expect(report.passed).toBe(false);
    expect(report.errors).toEqual([{ what: '503 NO_LEADER', count: expect.any(Number) as number }]);
    expect(report.leaderChanges).toMatchObject([{ from: 'order-3', to: 'order-2', term: 3 }]);
    // A trade that was decided before the outage may be answered well within it, on a busy machine.
    expect(report.leaderChanges[0]?.outageMs).toBeGreaterThan(OUTAGE_MS / 2);
    const { intervalMs, trades } = report.throughput;
    const { outageFromMs, outageMs } = report.leaderChanges[0]!;
    const [from, to] = [Math.ceil(outageFromMs! / intervalMs), Math.floor((outageFromMs! + outageMs!) / intervalMs)];
    // Both clocks begin at the start of the run, so the intervals within the outage are those without a trade.
    expect(trades.slice(from, to).filter((count) => count > 0).length).toBeLessThanOrEqual(1);
    expect(Math.max(...trades)).toBeGreaterThan(0);
  });

  it.each([
    [true, false],
    [false, true],
  ])('with verification %s lets the loss of an acknowledged order pass: %s', async (verify, passes) => {
    // The last one: earlier ones are of the warm-up, which nobody asks for afterwards.
    const fake = new FakeExchange(({ path }, reply, { trades }) => {
      if (path === `/orders/${trades.length}`) Object.assign(reply, refusal('ORDER_NOT_FOUND'));
    });
    const report = await benchOf(fake, { verify, prob: 1 });
    expect(report.passed).toBe(passes);
    expect(report.mismatches.some((text) => /was acknowledged, now: 404/.test(text))).toBe(!passes);
  });
});

describe('the longest gap', () => {
  it.each([
    [[1, 2, 10, 11], 3, 4, { from: 2, to: 10 }],
    [[1, 2, 10, 11], 10, 20, { from: 2, to: 10 }],
    [[1, 2, 10, 11], 11, 20, { from: 10, to: 11 }],
    [[1, 2, 10, 11], 12, 20, undefined],
    [[5], 0, 20, undefined],
  ])('of %j between %d and %d is %j', (times, from, to, gap) => {
    exchange = new FakeExchange();
    expect(longestGap(times, from, to)).toEqual(gap);
  });
});
