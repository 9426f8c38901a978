import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bazaar } from './support/bazaar.js';
import { DemoUnderTest } from './support/demo.js';

const dataDir = mkdtempSync(join(tmpdir(), 'bazaar-bench-'));
let demo: DemoUnderTest;

beforeAll(async () => {
  demo = await DemoUnderTest.start(dataDir, 3);
});

afterAll(async () => {
  await demo.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

describe('bazaar bench', () => {
  it('kills the leader under load without a failed request, and proves that nothing was lost', async () => {
    const options = ['--duration', '4s', '--kill-leader-at', '1s', '--prob', '0.5', '--connections', '8', '--verify'];
    const { code, stdout, stderr } = await bazaar('bench', '--url', demo.url, ...options, '--json');
    const { runs, ...report } = JSON.parse(stdout) as { runs: { killed: string; acknowledged: number }[] };
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
  });

  it('compares gateways with and without a cache, and leaves none of them behind', async () => {
    const file = join(dataDir, 'sweep.csv');
    const options = ['--duration', '500ms', '--compare-cache', '--sweep-prob', '0,0.5', '--csv', file];
    const { code, stdout, stderr } = await bazaar('bench', '--url', demo.url, ...options);
    expect(code, stderr).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.split(',').slice(0, 2).join(' '))).toEqual(['on 0', 'off 0', 'on 0.5', 'off 0.5']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(lines.length + 1);
    expect(await demo.processes()).toHaveLength(5);
  });
});
