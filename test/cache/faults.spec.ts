import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_APPS, ROOT } from '#harness';
import { waitFor } from '../system/support/wait-for.js';
import { TwoGateways } from './two-gateways.js';

/** Few enough stocks for each to be in both caches most of the time. */
const STOCKS = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta', 'Theta'] as const;
/** Durations longer than every lease. The shorter ones begin at various times within a lease. */
const FREEZES_MS = [2000, 700, 700, 700, 700];
/** Length of a catalog's read lease and of the gateways' leases under it, in milliseconds. */
const LEASE_MS = 500;
/** Number of attempts. A restart that takes longer than the lease, on a busy machine, proves nothing. */
const TRIES = 10;
/** Maximum delay of a catalog's answer, in milliseconds. Delayed answers overtake each other. */
const LONGEST_DELAY_MS = 3;
const LATE_START = pathToFileURL(join(ROOT, 'test', 'cache', 'late-start.mjs')).href;

let gateways: TwoGateways;

beforeAll(async () => {
  gateways = await TwoGateways.start(STOCKS, 1_000_000);
  for (const wire of gateways.wires) wire.delayMs = () => Math.random() * LONGEST_DELAY_MS;
});

afterAll(() => gateways.stop());

/** Numbers of acknowledged trades and of lookups. */
interface Seen {
  executed: number;
  readonly failed: string[];
  hits: number;
}

/** Runs an action while both gateways get lookups and trades all the time, and searches for a stale lookup. */
async function hunt(act: (seen: Seen) => Promise<void>): Promise<Seen> {
  await gateways.beginHistory();
  const seen: Seen = { executed: 0, failed: [], hits: 0 };
  let isDone = false;
  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (!isDone) {
      await work();
      await pause(Math.random() * 2 * LONGEST_DELAY_MS);
    }
  };
  const read = (gateway: number) => async (): Promise<void> => {
    if ((await gateways.tryLookup(gateway, anyStock()))?.cache === 'HIT') seen.hits += 1;
  };
  const trade = (gateway: number) => async (): Promise<void> => {
    const outcome = await gateways.buy(gateway, anyStock());
    if (outcome.kind === 'executed') seen.executed += 1;
    else seen.failed.push(JSON.stringify(outcome));
    await pause(20);
  };
  const loops = [read(0), read(0), read(1), read(1), trade(0), trade(1)].map(repeat);
  try {
    await more(seen, 5);
    await act(seen);
    await more(seen, 5);
  } finally {
    isDone = true;
    await Promise.all(loops);
  }
  expect(await gateways.faults(), gateways.cluster.logs()).toEqual([]);
  return seen;
}

async function freezeAgainAndAgain(name: string, seen: Seen): Promise<void> {
  for (const ms of FREEZES_MS) {
    gateways.cluster.freeze(name);
    const { executed } = seen;
    await pause(ms);
    gateways.cluster.resume(name);
    if (ms === Math.max(...FREEZES_MS)) expect(seen.executed).toBeGreaterThan(executed);
    await gateways.cluster.waitUntilReady();
    await more(seen, 5);
  }
}

function anyStock(): string {
  return STOCKS[Math.floor(Math.random() * STOCKS.length)] ?? STOCKS[0];
}

async function more(seen: Seen, trades: number): Promise<void> {
  const { executed, hits } = seen;
  await waitFor('trades and hits', () => seen.executed >= executed + trades && seen.hits > hits);
}

describe('no lookup is stale', () => {
  it('when a catalog is frozen and wakes up, and trading continues meanwhile', async () => {
    const { failed } = await hunt(async (seen) => {
      await freezeAgainAndAgain('catalog-1', seen);
    });
    expect(failed).toEqual([]);
  });

  it('when a gateway is frozen and wakes up', async () => {
    await hunt(async (seen) => {
      await freezeAgainAndAgain('frontend-1', seen);
    });
  });

  it('when both catalogs are killed and come back', async () => {
    const { failed } = await hunt(async (seen) => {
      await Promise.all(['catalog-1', 'catalog-2'].map((name) => gateways.cluster.kill(name)));
      const { executed } = seen;
      await waitFor('trading continues', () => seen.executed > executed + 20);
      await Promise.all(['catalog-1', 'catalog-2'].map((name) => gateways.cluster.startProcess(name)));
      await gateways.cluster.waitUntilReady();
    });
    expect(failed).toEqual([]);
  });

  it('when a catalog is killed and another process takes its place before its gateway has noticed', async () => {
    let fastest = Infinity;
    for (let tries = 0; fastest > LEASE_MS / 2 && tries < TRIES; tries += 1) {
      await hunt(async () => {
        const start = await prepareSuccessor(tries);
        await gateways.cluster.kill('catalog-1');
        fastest = Math.min(fastest, await start());
        await pause(2 * LEASE_MS);
      });
      await gateways.cluster.kill(SUCCESSOR);
      await gateways.cluster.startProcess('catalog-1');
      await gateways.cluster.waitUntilReady();
    }
    expect(fastest).toBeLessThan(LEASE_MS);
  });
});

const SUCCESSOR = 'catalog-1-successor';

/** Starts another process for `catalog-1`, which loads its code and waits. Resolves to a function that lets it go and times its start. */
async function prepareSuccessor(turn: number): Promise<() => Promise<number>> {
  const { cluster } = gateways;
  const gate = join(cluster.directory, `gate-${turn}`);
  const module = pathToFileURL(join(BUILT_APPS, 'catalog/src/catalog.module.js')).href;
  const env = { NODE_OPTIONS: `--import=${LATE_START}`, LATE_START_MODULE: module, LATE_START_GATE: gate };
  // Not from the bundle, of which no part can be loaded in advance.
  await cluster.startProcess('catalog-1', env, SUCCESSOR, join(BUILT_APPS, 'catalog/src/main.js'));
  await waitFor('the successor waits', () => existsSync(`${gate}.ready`));
  return async () => {
    const killedAt = performance.now();
    writeFileSync(gate, '');
    await waitFor('the successor serves', async () => {
      const [status] = await cluster.statuses(['catalog-1']);
      return status !== undefined;
    });
    return performance.now() - killedAt;
  };
}
