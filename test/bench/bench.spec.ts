import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildApps, ROOT } from '../system/support/bazaar.js';
import { BENCHES } from './benches.js';

/** Each benchmark as small as it can be: that it runs is shown here, how fast anything is elsewhere. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  cost: ['--connections', '2', '--seconds', '0.2'],
  failover: ['--kills', '1', '--rate', '50', '--kind', 'kill -9'],
  growth: ['--orders', '600', '--seconds', '0.2', '--rounds', '1'],
  load: ['--orders', '20', '--connections', '4', '--seconds', '0.2'],
  lookups: ['--connections', '4', '--seconds', '0.2', '--rounds', '1'],
  rejoin: ['--orders', '600', '--behind', '300', '--rate', '50'],
  restart: ['--orders', '600', '--times', '1'],
  steady: ['--minutes', '1', '--minute-seconds', '0.5', '--capacity-seconds', '0.2', '--connections', '4'],
};

interface Report {
  readonly bench: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function runNode(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

function bench(name: string, ...options: readonly string[]): Report {
  return JSON.parse(runNode(join('dist', 'bench', 'test', 'bench', 'main.js'), name, ...options, '--json')) as Report;
}

beforeAll(async () => {
  await buildApps();
  runNode(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'test/bench/tsconfig.json');
});

describe('npm run bench', () => {
  it.each(BENCHES.map(({ name }) => name))('%s runs, and prints one JSON document', (name) => {
    const report = bench(name, ...(SMALL[name] ?? ['add it to the list above']));
    expect(report.bench).toBe(name);
    expect(report.rows.length).toBeGreaterThan(0);
    for (const row of report.rows) {
      expect(Object.values(row)).not.toContain(null);
      expect(row['failed'] ?? row['failed requests'] ?? 0).toBe(0);
    }
  });

  it('compares with others in the same run', () => {
    const options = ['--only', 'lookup-hit', '--connections', '4', '--seconds', '0.2', '--rounds', '1'];
    const { rows } = bench('load', '--compare', ...options);
    const names = rows.map((row) => row['load']);
    expect(names).toEqual(
      expect.arrayContaining(['bare node', 'bare nest express', 'bare nest fastify', 'lookup-hit']),
    );
    for (const row of rows) expect(row).toMatchObject({ failed: 0, 'x bare node': expect.any(Number) as number });
  });
});
