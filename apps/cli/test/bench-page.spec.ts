import { describe, expect, it } from 'vitest';
import { comparisonTable } from '../src/bench/bench-tables.js';
import { quoted } from '../src/bench/bench-setting.js';
import { hasPassed, type BenchResult } from '../src/bench/bench-report.js';
import { benchPage } from '../src/bench/html/page.js';
import { failed, HOSTILE, reportOf, resultOf, SETTING, sweep } from './bench-reports.js';

function pageOf(result: BenchResult): string {
  return benchPage(result, SETTING);
}

/** The first group of every match. */
function all(page: string, pattern: RegExp): readonly string[] {
  return [...page.matchAll(pattern)].map(([, group = '']) => group);
}

const EMPTY = reportOf({
  acknowledged: 0,
  requestsPerSecond: 0,
  latencies: [],
  histograms: [],
  throughput: { intervalMs: 100, requests: [], trades: [] },
});

const PAGES: readonly (readonly [string, BenchResult])[] = [
  ['one run', resultOf(reportOf())],
  ['a run without an answer', resultOf(EMPTY)],
  [
    'a run in which nothing happened',
    resultOf(reportOf({ throughput: { intervalMs: 100, requests: [0], trades: [0] } })),
  ],
  ['a sweep', sweep()],
  ['a failure', failed()],
  ['no run', { reports: [], verification: null, failure: HOSTILE }],
];

describe('the page of a bench', () => {
  it.each(PAGES)('asks for nothing, runs nothing and has no value that is none: %s', (_, result) => {
    const page = pageOf(result);
    expect(page).not.toMatch(/<script|<img|<link|@import|url\(/i);
    expect(all(page, /(?:href|src)="([^"]*)"/g).filter((link) => !link.startsWith('#run-'))).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object|>null</);
  });

  it.each(PAGES)('names everything once, and every link leads somewhere: %s', (_, result) => {
    const page = pageOf(result);
    const ids = all(page, / id="([^"]*)"/g);
    const groups = all(page, /role="group" tabindex="0" aria-label="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(groups).size).toBe(groups.length);
    expect(all(page, /(?:href="#|aria-labelledby=")([^"]*)"/g).filter((id) => !ids.includes(id))).toEqual([]);
    expect(all(page, /role="img" aria-label="([^"]*)"/g).filter((label) => label.length < 40)).toEqual([]);
  });

  it('escapes what came from outside, wherever it stands', () => {
    const page = benchPage(
      { ...failed(), failure: HOSTILE },
      { ...SETTING, command: HOSTILE, machine: HOSTILE, options: [['gateway', HOSTILE]] },
    );
    expect(page).not.toContain('<img');
    expect(all(page, /(&lt;img src=x onerror=alert\(1\)&gt;)/g).length).toBeGreaterThan(55);
  });

  it('has every figure of the comparison that the terminal prints', () => {
    const { reports } = sweep();
    const { head, rows } = comparisonTable(reports);
    const [table = ''] = all(pageOf(sweep()), /aria-label="All runs"><table>(.*?)<\/table>/gs);
    expect(all(table, /<th scope="col"[^>]*>([^<]*)</g)).toEqual(head);
    const cells = all(table, /<t(?:d|h scope="row")[^>]*>(?:<a [^>]*>)?([^<]*)</g);
    expect(cells).toEqual(rows.flat().map((cell) => String(cell ?? '–')));
  });

  it('says when and how it was made', () => {
    const page = pageOf(sweep());
    for (const text of ['2030-01-02 03:04 UTC', SETTING.command, SETTING.machine, 'http://127.0.0.1:8080'])
      expect(page).toContain(text);
  });

  it.each([
    [resultOf(reportOf()), 'PASS', ''],
    [failed(), 'FAIL', 'mismatch 49'],
    [{ ...resultOf(reportOf()), failure: 'the cable was cut' }, 'FAIL', 'ended early: the cable was cut'],
    [{ reports: [], verification: null, failure: 'no demo runs' }, 'FAIL', 'No run was completed'],
  ])('tells what went wrong: %#', (result, verdict, words) => {
    const page = pageOf(result);
    expect(all(page, /class="verdict \w+">(\w+)</g)[0]).toBe(verdict);
    expect(hasPassed(result)).toBe(verdict === 'PASS');
    expect(page).toContain(words);
  });

  it('shows some mismatches, and how many there are more', () => {
    const page = pageOf(failed());
    expect(page).not.toContain('mismatch 50:');
    expect(page).toContain('and 40 more');
  });
});

describe('the throughput over time', () => {
  it('is level over each interval, requests as a line and trades as an area', () => {
    const page = pageOf(resultOf(reportOf()));
    // 16, 4, 0 and 28 requests per second, of an axis up to 30.
    expect(page).toContain(
      'class="line first" vector-effect="non-scaling-stroke" d="M0 46.667H25V86.667H50V100H75V6.667H100"',
    );
    expect(page).toContain('d="M0 86.667H25V100H50V100H75V86.667H100V100H0Z"');
    expect(page).toContain('0.75 to 1.00 s: 28 requests/s, 4 trades/s');
    expect(pageOf(resultOf(reportOf({ acknowledged: 0 })))).not.toContain('class="area"');
  });

  it('marks deaths, leaders and outages, the last one as far as the axis goes', () => {
    const page = pageOf(failed());
    expect(all(page, /<rect class="outage" (x="[^"]*" width="[^"]*")/g)).toEqual([
      'x="26%" width="24%"',
      'x="87.5%" width="12.5%"',
    ]);
    expect(all(page, /<line class="event (\w+" x1="[^"]*")/g)).toEqual([
      'killed" x1="25%"',
      'leader" x1="40%"',
      'leader" x1="90%"',
    ]);
    const [events = ''] = all(page, /<ul class="events">(.*?)<\/ul>/gs);
    expect(all(events, /<li>([^<]*)</g)).toEqual([
      '0.25 s: order-3 was killed',
      '0.26 s: no trade was acknowledged for 240 ms, the longest such time around the change of leader',
      '0.40 s: order-2 was seen to lead, in term 7; before it order-3',
      '0.88 s: no trade was acknowledged for 500 ms, the longest such time around the change of leader',
      '0.90 s: order-1 was seen to lead, in term 8; before it order-2',
    ]);
    expect(pageOf(resultOf(reportOf()))).not.toContain('outage"');
  });
});

describe('the histogram', () => {
  it('shows shares of lookups and of trades, from the first bar that is not empty to the last', () => {
    const page = pageOf(resultOf(reportOf()));
    expect(all(page, /<title>([^<]*ms: [^<]*)</g)).toEqual([
      '0.5 to 1 ms: 4 lookups, 40.0 %',
      '1 to 2 ms: 6 lookups, 60.0 %',
      '2 to 5 ms: 2 trades, 100.0 %',
    ]);
    expect(all(page, /<rect class="bar \w+" x="[^"]*" y="([^"]*)"/g)).toEqual(['60%', '40%', '0%']);
  });
});

describe('a sweep', () => {
  it('has a line for each setting of the cache, and no point where nothing was measured', () => {
    const page = pageOf(sweep());
    expect(all(page, /<figcaption><b>((?:Lookup|Trade|Req)[^<]*)</g)).toHaveLength(8);
    const points = all(page, /<title>(probability [^<]* ms)</g);
    // Five points of lookups and four of trades, in three charts each, on two lines.
    expect(points).toHaveLength(2 * 3 * (5 + 4));
    expect(points).toContain('probability 0.2, without cache: 3.2 ms');
    // 1 ms of an axis up to 4 ms.
    expect(page).toContain('cx="0%" cy="75%"');
  });

  it.each([
    ['one run', [reportOf()]],
    ['two runs with one probability', [reportOf({ cache: 'on' }), reportOf({ cache: 'off' })]],
  ])('is not drawn of %s', (_, reports) => {
    expect(pageOf(resultOf(...reports))).not.toContain('id="sweep"');
  });
});

describe('an argument', () => {
  it.each([
    ['--prob', '--prob'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['my report.html', "'my report.html'"],
    ["it's", String.raw`'it'\''s'`],
    ['', "''"],
  ])('%j is quoted for a shell as %s', (arg, text) => {
    expect(quoted(arg)).toBe(text);
  });
});
