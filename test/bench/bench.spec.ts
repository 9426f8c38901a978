import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { whyNoStrace } from '../cluster/support/strace.js';
import { ROOT } from '#harness';
import { BENCHES } from './benches.js';
import { isAnyPeerInstalled } from './peers/peers.js';

/** Each benchmark as small as it can be: that it runs is shown here, how fast anything is elsewhere. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  cost: ['--connections', '2', '--seconds', '0.2'],
  failover: ['--kills', '1', '--rate', '50', '--kind', 'kill -9'],
  growth: ['--orders', '600', '--seconds', '0.2', '--rounds', '1'],
  learners: ['--rounds', '1', '--seconds', '0.2', '--freezes', '1', '--kills', '1'],
  load: ['--orders', '20', '--only', 'trade,lookup-miss', '--connections', '4', '--seconds', '0.2'],
  lookups: ['--connections', '4', '--seconds', '0.2', '--rounds', '1'],
  overload: ['--connections', '4', '--clients', '20', '--times', '2', '--seconds', '0.3'],
  peers: ['--connections', '2', '--seconds', '0.2', '--rounds', '1'],
  rejoin: ['--orders', '600', '--behind', '300', '--rate', '50'],
  restart: ['--orders', '600', '--times', '1'],
  streams: ['--streams', '10', '--connections', '2', '--seconds', '0.2', '--rounds', '1'],
  versus: ['--other', 'dist/apps', '--connections', '2', '--seconds', '0.5', '--rounds', '2'],
  steady: ['--minutes', '1', '--minute-seconds', '0.5', '--capacity-seconds', '0.2', '--connections', '4'],
};

const noStrace = whyNoStrace();
/** A comparison needs something to compare with. */
const NAMES = BENCHES.map(({ name }) => name).filter((name) => name !== 'peers' || isAnyPeerInstalled());

interface Report {
  readonly bench: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Returns its output. Rejects with all of it when it fails. */
async function runNode(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;
}

async function bench(name: string, ...options: readonly string[]): Promise<Report> {
  const main = join('dist', 'test', 'bench', 'main.js');
  return JSON.parse(await runNode(main, name, ...options, '--json')) as Report;
}

// Nothing is measured here, so two may run at once.
describe.concurrent('npm run bench', () => {
  it.each(NAMES)('%s runs, and prints one JSON document', async (name) => {
    const report = await bench(name, ...(SMALL[name] ?? ['add it to the list above']));
    expect(report.bench).toBe(name);
    expect(report.rows.length).toBeGreaterThan(0);
    for (const row of report.rows) {
      expect(Object.values(row)).not.toContain(null);
      expect(row['failed'] ?? row['failed requests'] ?? 0, JSON.stringify(report)).toBe(0);
    }
  });

  it('compares with others in the same run, and looks up in the cache only what it says', async () => {
    const only = 'lookup-hit,lookup-miss,lookup-no-cache';
    const options = ['--only', only, '--connections', '4', '--seconds', '0.2', '--rounds', '1'];
    const { rows } = await bench('load', '--compare', ...options);
    const names = rows.map((row) => row['load']);
    expect(names).toEqual(expect.arrayContaining(['bare node', 'bare nest', 'lookup-hit']));
    for (const row of rows) expect(row).toMatchObject({ failed: 0, 'x bare node': expect.any(Number) as number });
    const hits: Readonly<Record<string, unknown>> = Object.fromEntries(
      rows.map((row): [string, unknown] => [String(row['load']), row['hits %']]),
    );
    expect(hits).toMatchObject({ 'lookup-miss': 0, 'lookup-no-cache': 0 });
    expect(hits['lookup-hit']).toBeGreaterThan(50);
  });

  it.skipIf(noStrace !== undefined)(`waits for a slow disk (${noStrace ?? 'by strace'})`, async () => {
    const options = ['--sync-delay-ms', '20', '--only', 'trade', '--connections', '1', '--seconds', '0.5'];
    // The order replicas sync side by side.
    const { rows } = await bench('load', ...options);
    expect(rows[0]?.['p50 ms']).toBeGreaterThan(20);
  });
});
