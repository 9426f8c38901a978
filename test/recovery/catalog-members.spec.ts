import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { CATALOG_PATTERNS, loadConfig, parseMembers, type Member } from '@stock-bazaar/contracts';
import { checksum, GroupClient } from '@stock-bazaar/replication';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CatalogConfig } from '../../apps/catalog/src/catalog.config.js';
import { startCatalog } from '../../apps/catalog/src/catalog.module.js';
import { CatalogMember } from '../../apps/cli/src/verify/system/catalog-member.js';
import { compareMembers } from '../../apps/cli/src/verify/system/compare-members.js';
import { freePorts, pause } from '../http/system.js';

const IDS = [1, 2, 3];
const LIMIT_MS = 20_000;

let directory: string;
let list: string;
let members: readonly Member[];
let running: Map<number, INestMicroservice>;
let client: GroupClient;

async function start(id: number): Promise<void> {
  const env = {
    REPLICA_ID: String(id),
    CATALOG_REPLICAS: list,
    DATA_DIR: join(directory, String(id)),
    LOG_LEVEL: 'error',
  };
  running.set(id, await startCatalog(loadConfig(CatalogConfig, { env, directory })));
}

async function trade(key: string): Promise<void> {
  const claim = { recordedUpTo: 0, orderTerm: 1, orderGroup: 'members' };
  const payload = { key, name: 'Ford', type: 'buy', quantity: 1, ...claim, requestId: 'members' };
  for (;;) {
    try {
      await client.call(CATALOG_PATTERNS.trade, payload, { timeoutMs: 5000, repeatable: true, isBatched: true });
      return;
    } catch {
      // There is no leader yet, or no stocks.
      await pause(20);
    }
  }
}

async function compare(): Promise<Record<string, number>> {
  const compared = await compareMembers(
    members.map((member) => new CatalogMember(client, member)),
    LIMIT_MS,
  );
  return Object.fromEntries([...compared].map(([{ name }, stocks]) => [name, stocks]));
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-members-'));
  list = (await freePorts(3)).map((port, i) => `${i + 1}=127.0.0.1:${port}`).join(',');
  members = parseMembers(list);
  running = new Map();
  client = new GroupClient({ group: 'catalog', members });
  await Promise.all(IDS.map(start));
});

afterEach(async () => {
  client.close();
  for (const member of running.values()) await member.close();
  rmSync(directory, { recursive: true, force: true });
});

it('three catalog members are found the same while they trade, and a changed row of one of them is found', async () => {
  const stop = new AbortController();
  const trading = (async () => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) await trade(`k${turn}`);
  })();
  await trade('first');
  expect(await compare()).toEqual({ 'catalog-1': 10, 'catalog-2': 10, 'catalog-3': 10 });
  stop.abort();
  await trading;

  await running.get(1)?.close();
  running.delete(1);
  changeNike(join(directory, '1', 'catalog-1.db'));
  await start(1);
  // Until it has heard its leader again it can't be compared.
  await vi.waitFor(async () => expect(await compare().catch(String)).toContain('Nike differs on catalog-2'), LIMIT_MS);
  await expect(compare()).rejects.toThrow(/quantity is 1000, it should be 7 as on catalog-1/);
});

/** A change that no checksum betrays: what a defect of ours would leave behind. */
function changeNike(file: string): void {
  const db = new Database(file);
  const row = db
    .prepare('SELECT name, price_cents, 7 AS quantity, volume, max_trading_volume, version FROM stock WHERE name = ?')
    .get('Nike') as Record<string, string | number>;
  const values = Object.values(row);
  db.prepare('INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?, ?, ?)').run(...values, checksum(...values));
  db.close();
}
