import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrashPoint } from '@stock-bazaar/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../system/support/bazaar.js';
import { CLIENTS, CrashTrial, DETOURS, FATES, type Client } from './crash-trial.js';
import { pointsInCode } from './points-in-code.js';
import { Pool } from './pool.js';

const FOLDER_OF: Readonly<Record<string, string>> = { gateway: 'frontend', order: 'order', catalog: 'catalog' };
/** Cases wait for an exchange that is free. */
const LIMIT_MS = 120_000;
const DOUBLED_AT: CrashPoint = 'gateway: trade answered, client not told';
const calls = pointsInCode();
const points = calls.map(({ point }) => point);
/** Two exchanges, because most of the time goes by while one process of one of them starts. */
let trials: readonly CrashTrial[] = [];
let pool: Pool<CrashTrial>;

beforeAll(async () => {
  trials = [await CrashTrial.start(), await CrashTrial.start()];
  pool = new Pool(trials);
});

afterAll(async () => {
  await Promise.all(trials.map((trial) => trial.exchange.close()));
});

describe('the points at which a process may die', () => {
  it('each say their name in place, once, and after the process that they are in', () => {
    expect(points).toEqual([...new Set(points)]);
    expect(calls.filter(({ point, file }) => FOLDER_OF[point.split(':')[0] ?? ''] !== file.split('/')[0])).toEqual([]);
  });

  it('are found in every app that has a part in a trade, and all that are treated specially are among them', () => {
    expect(new Set(calls.map(({ file }) => file.split('/')[0]))).toEqual(new Set(Object.values(FOLDER_OF)));
    expect(points).toEqual(expect.arrayContaining(Object.keys({ ...DETOURS, ...FATES })));
  });

  it('kill no process that was not started for it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'bazaar-crash-point-'));
    const point = join(directory, 'order: here');
    writeFileSync(point, '');
    // Not even in the directory itself.
    expect(comeToPoint(directory, {})).toEqual({ status: 0, signal: null });
    expect(comeToPoint(directory, { CRASH_POINTS: '' })).toEqual({ status: 0, signal: null });
    expect(existsSync(point)).toBe(true);
    expect(comeToPoint(directory, { CRASH_POINTS: directory })).toEqual({ status: null, signal: 'SIGKILL' });
    expect(comeToPoint(directory, { CRASH_POINTS: directory })).toEqual({ status: 0, signal: null });
    rmSync(directory, { recursive: true });
  });
});

describe.concurrent('a process that dies at', () => {
  describe.each(points)('"%s"', (point) => {
    it.each(Object.entries(CLIENTS))(
      'breaks no promise when %s',
      async (_, client) => {
        expect(await pool.use((trial) => faultsOf(trial, point, client))).toEqual([]);
      },
      LIMIT_MS,
    );
  });
});

describe('after all of that', () => {
  it('what was refused stays refused, and what was never answered is settled by a repeat', async () => {
    expect(await Promise.all(trials.map((trial) => trial.settle()))).toEqual([[], []]);
  });

  it('a repeat that has lost its key is found: the checks can fail', async () => {
    const faults = await pool.use((trial) => faultsOf(trial, DOUBLED_AT, 'forgetsItsKey'));
    expect(faults.join('; ')).toMatch(/^number \d+ \(key trade-\d+-again\) was never asked for/);
  });

  it('all replicas have the same on their disks, and there were lookups enough for a stale one to show', async () => {
    const lookups = trials.flatMap(({ recorder }) => recorder.lookups);
    expect(lookups.filter(({ cache }) => cache === 'HIT' || cache === 'MISS').length).toBeGreaterThan(
      3 * points.length,
    );
    expect(await Promise.all(trials.map(({ exchange }) => exchange.differencesOnDisk()))).toEqual([[], []]);
  });
});

/** How a process ends that comes to the point "order: here". */
function comeToPoint(cwd: string, env: NodeJS.ProcessEnv): { status: number | null; signal: NodeJS.Signals | null } {
  const built = join(ROOT, 'dist/apps/order/libs/contracts/src/process/crash-point.js');
  const script = `import { crashPoint } from ${JSON.stringify(built)}; crashPoint('order: here');`;
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, env });
  return { status, signal };
}

/** A failure of the test itself says more with the logs. */
function faultsOf(trial: CrashTrial, point: CrashPoint, client: Client): Promise<readonly string[]> {
  return trial.crash(point, client).catch((error: unknown) => {
    throw new Error(`${String(error)}\nThe logs end with:\n${trial.exchange.logs()}`, { cause: error });
  });
}
