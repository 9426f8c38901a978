import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bazaar, startBazaar } from './support/bazaar.js';
import { DemoUnderTest } from './support/demo.js';
import { waitFor } from './support/wait-for.js';

const dataDir = mkdtempSync(join(tmpdir(), 'bazaar-bench-'));
let demo: DemoUnderTest;

beforeAll(async () => {
  demo = await DemoUnderTest.start(dataDir, 3);
});

afterAll(async () => {
  await demo.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Run {
  readonly killed: string;
  readonly killedAtMs: number;
  readonly acknowledged: number;
  readonly throughput: { readonly intervalMs: number; readonly trades: readonly number[] };
  readonly leaderChanges: readonly { readonly from: string; readonly to: string; readonly outageMs: number }[];
}

/** The page says what `--json` says of the same run. */
function expectPageOf({ killed, killedAtMs, acknowledged, throughput, leaderChanges }: Run, page: string): void {
  const change = leaderChanges.find(({ from }) => from === killed)!;
  expect(page).toContain(`${(killedAtMs / 1000).toFixed(2)} s: ${killed} was killed`);
  expect(page).toContain(`${change.to} was seen to lead`);
  expect(page).toContain(`no trade was acknowledged for ${change.outageMs} ms`);
  expect(page).toContain('<rect class="outage"');
  expect(page).toContain(`${acknowledged} trades acknowledged, 0 errors`);
  expect(page).toContain('numbers 1 to');
  expect(page).not.toMatch(/<script|https?:(?!\/\/127\.0\.0\.1)|FAIL/);
  expect(killedAtMs).toBeGreaterThanOrEqual(1000);
  expect([throughput.intervalMs, throughput.trades.length]).toEqual([100, 40]);
}

describe('bazaar bench', () => {
  it('kills the leader under load without a failed request, and proves that nothing was lost', async () => {
    const page = join(dataDir, 'killed.html');
    const options = ['--duration', '4s', '--kill-leader-at', '1s', '--prob', '0.5', '--connections', '8', '--verify'];
    const { code, stdout, stderr } = await bazaar('bench', '--url', demo.url, ...options, '--json', '--html', page);
    const { runs, ...report } = JSON.parse(stdout) as { runs: Run[] };
    expect(code, stderr).toBe(0);
    expect(report).toMatchObject({ passed: true, verification: { passed: true } });
    expect(runs).toMatchObject([
      { errors: [], mismatches: [], verification: { isComplete: true, conservationChecked: true } },
    ]);
    const killed = runs[0]?.killed;
    // Right after the start leadership may have moved to the highest id as well.
    const change = expect.objectContaining({ from: killed, outageMs: expect.any(Number) as number }) as object;
    expect(runs[0]).toMatchObject({ leaderChanges: expect.arrayContaining([change]) as object[] });
    expect(runs[0]?.acknowledged).toBeGreaterThan(0);
    expect((await demo.processes()).map(({ state }) => state)).toEqual(Array(5).fill('running'));
    expectPageOf(runs[0]!, readFileSync(page, 'utf8'));
  });

  it('compares gateways with and without a cache, and leaves none of them behind', async () => {
    const [file, page] = [join(dataDir, 'sweep.csv'), join(dataDir, 'sweep.html')];
    const options = ['--duration', '500ms', '--compare-cache', '--sweep-prob', '0,0.5', '--csv', file, '--html', page];
    const { code, stdout, stderr } = await bazaar('bench', '--url', demo.url, ...options);
    expect(code, stderr).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.split(',').slice(0, 2).join(' '))).toEqual(['on 0', 'off 0', 'on 0.5', 'off 0.5']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(lines.length + 1);
    expect(await demo.processes()).toHaveLength(5);
    const written = readFileSync(page, 'utf8');
    for (const cell of lines.flatMap((line) => line.split(','))) expect(written).toContain(`>${cell || '–'}<`);
    expect(written).toContain('probability 0.5, without cache: ');
  });

  it('writes what it has measured when the exchange dies before the verification', async () => {
    const page = join(dataDir, 'died.html');
    const options = ['--duration', '8s', '--prob', '0', '--verify', '--html', page];
    const bench = startBazaar(['bench', '--url', demo.url, ...options]);
    await waitFor('the load has begun', () => bench.output.stderr.includes('8 s with'));
    await Promise.all([1, 2].map((id) => demo.tell('kill', `order-${id}`)));
    const { code, stderr } = await bench.finished;
    expect(code, stderr).not.toBe(0);
    const written = readFileSync(page, 'utf8');
    expect(written).toMatch(/FAIL<\/b> 1 run\. .*The bench ended early: too few order replicas answer/);
    expect(written).toContain('Throughput over 8.00 seconds');
  });
});
