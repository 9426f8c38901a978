import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failpoint } from '#service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '#harness';
import { AT_REFUSALS, CLIENTS, CrashTrial, FATES, VICTIMS, type Client } from './crash-trial.js';
import type { Victim } from './crashing-exchange.js';
import { pointsInCode } from './points-in-code.js';
import { Pool } from './pool.js';

const FOLDER_OF: Readonly<Record<string, string>> = {
  gateway: 'apps/frontend',
  order: 'apps/order',
  catalog: 'apps/catalog',
  exchange: 'libs/exchange',
};
/** Long, because cases wait for a free exchange. */
const LIMIT_MS = 120_000;
const DOUBLED_AT: Failpoint = 'gateway: trade answered, client not told';
const calls = pointsInCode();
const points = calls.map(({ point }) => point);
const crashes = points.flatMap((point) => (VICTIMS[processOf(point)] ?? []).map((victim) => ({ point, victim })));
/** Two exchanges, with one and two catalogs, because most of the time is spent waiting for a process to start. */
let trials: readonly CrashTrial[] = [];
let pool: Pool<CrashTrial>;

beforeAll(async () => {
  trials = [await CrashTrial.start(1), await CrashTrial.start(2)];
  pool = new Pool(trials);
});

afterAll(async () => {
  await Promise.all(trials.map((trial) => trial.exchange.close()));
});

describe('the failpoints', () => {
  it('are named in place, uniquely, after the process that contains them', () => {
    expect(points).toEqual([...new Set(points)]);
    expect(calls.filter(({ point, file }) => FOLDER_OF[processOf(point)] !== folderOf(file))).toEqual([]);
  });

  it('are in every process that handles a trade, and include all special cases', () => {
    expect(new Set(calls.map(({ file }) => folderOf(file)))).toEqual(new Set(Object.values(FOLDER_OF)));
    expect(points).toEqual(expect.arrayContaining([...AT_REFUSALS, ...Object.keys(FATES)]));
  });

  it('kill no process that was not started with FAILPOINTS', () => {
    const directory = mkdtempSync(join(tmpdir(), 'bazaar-failpoint-'));
    const point = join(directory, 'order: here');
    writeFileSync(point, '');
    // Not even if it runs in the directory itself.
    expect(comeToPoint(directory, {})).toEqual({ status: 0, signal: null });
    expect(comeToPoint(directory, { FAILPOINTS: '' })).toEqual({ status: 0, signal: null });
    expect(existsSync(point)).toBe(true);
    expect(comeToPoint(directory, { FAILPOINTS: directory })).toEqual({ status: null, signal: 'SIGKILL' });
    expect(comeToPoint(directory, { FAILPOINTS: directory })).toEqual({ status: 0, signal: null });
    rmSync(directory, { recursive: true });
  });
});

describe.concurrent('a process that dies', () => {
  describe.each(crashes)('$victim, at "$point"', ({ point, victim }) => {
    it.each(Object.entries(CLIENTS))(
      'breaks no promise when %s',
      async (_, client) => {
        expect(await pool.use((trial) => faultsOf(trial, point, victim, client))).toEqual([]);
      },
      LIMIT_MS,
    );
  });
});

describe('after all crashes', () => {
  it('refused trades stay refused, and a repeat settles unanswered ones', async () => {
    expect(await Promise.all(trials.map((trial) => trial.settle()))).toEqual([[], []]);
  });

  it('a repeat that has lost its key is detected: the checks can fail', async () => {
    const faults = await pool.use((trial) => faultsOf(trial, DOUBLED_AT, 'a gateway', 'forgetsItsKey'));
    expect(faults.join('; ')).toMatch(/^number \d+ \(key trade-\d+-again\) was never asked for/);
  });

  it('all members have the same state, in memory and on disk, and there were enough lookups to detect a stale one', async () => {
    const lookups = trials.flatMap(({ recorder }) => recorder.lookups);
    expect(lookups.filter(({ cache }) => cache === 'HIT' || cache === 'MISS').length).toBeGreaterThan(
      3 * points.length,
    );
    expect(await Promise.all(trials.map(({ exchange }) => exchange.differences()))).toEqual([[], []]);
  });
});

/** Runs a process that reaches the failpoint "order: here", and returns how it ends. */
function comeToPoint(cwd: string, env: NodeJS.ProcessEnv): { status: number | null; signal: NodeJS.Signals | null } {
  const built = join(ROOT, 'dist/libs/service-kit/src/process/failpoint.js');
  const script = `import { failpoint } from ${JSON.stringify(built)}; failpoint('order: here');`;
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, env });
  return { status, signal };
}

/** Returns the word before the colon. */
function processOf(point: Failpoint): string {
  return point.split(':')[0] ?? '';
}

function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** Runs a crash, and adds the logs to a failure of the test itself. */
function faultsOf(trial: CrashTrial, point: Failpoint, victim: Victim, client: Client): Promise<readonly string[]> {
  return trial.crash(point, victim, client).catch((error: unknown) => {
    throw new Error(`${String(error)}\nThe logs end with:\n${trial.exchange.logs()}`, { cause: error });
  });
}
