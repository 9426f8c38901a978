import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksum } from '#replication';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bazaar } from './support/bazaar.js';
import { DemoUnderTest } from './support/demo.js';

const dataDir = mkdtempSync(join(tmpdir(), 'bazaar-proof-'));
let demo: DemoUnderTest;

beforeAll(async () => {
  demo = await DemoUnderTest.start(dataDir);
});

afterAll(async () => {
  await demo.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the tools that prove what a system has done', () => {
  it('leave it running and right after chaos under load', async () => {
    const options = ['--duration', '8s', '--seed', '42', '--load', '--json', '--port', demo.port];
    const { code, stdout, stderr } = await bazaar('chaos', ...options);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 42, surprises: [], verification: { passed: true } });
    expect((await demo.processes()).map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });

  it('show the log of each replica in words', async () => {
    expect((await bazaar('client', 'buy', 'Ford', '3', '--url', demo.url)).code).toBe(0);
    for (const name of ['1', 'catalog-1']) {
      expect((await bazaar('log', name, '--port', demo.port)).stdout).toContain('trade: buy 3 Ford');
      expect((await bazaar('log', name, '--from', '1', '--port', demo.port)).stdout).toContain('first stocks: ');
    }
    expect(await bazaar('log', 'order-9', '--port', demo.port)).toMatchObject({ code: 2, stdout: '' });
  });

  it('find a catalog with another order than the others, and none wrong once it has got all anew', async () => {
    await demo.tell('kill', 'catalog-1');
    changeAnOrder(join(dataDir, 'catalog-1'));
    expect((await bazaar('restart', 'catalog-1', '--port', demo.port)).code).toBe(0);
    expect(await bazaar('verify', '--port', demo.port)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAIL +order 3 differs on catalog-1: quantity is 77, it should be \d+/) as string,
    });
    await demo.tell('kill', 'catalog-1');
    rmSync(join(dataDir, 'catalog-1'), { recursive: true });
    expect((await bazaar('client', 'buy', 'Ford', '1', '--url', demo.url)).code).toBe(0);
    expect((await bazaar('restart', 'catalog-1', '--port', demo.port)).code).toBe(0);
    const { code, stdout } = await bazaar('verify', '--json', '--port', demo.port);
    expect(code, stdout).toBe(0);
    const { orders } = JSON.parse(stdout) as { orders: number };
    const members = ['order-1', 'catalog-1'].map((name) => ({ name, comparedUpTo: orders, problem: null }));
    expect(JSON.parse(stdout)).toMatchObject({ passed: true, difference: null, members });
  });
});

/** As a disk can't: so that the order still matches its checksum. */
function changeAnOrder(directory: string): void {
  const file = readdirSync(directory).find((name) => /^exchange-.*\.db$/.test(name)) ?? '';
  const db = new Database(join(directory, file));
  const columns = 'number, key, name, type, 77 AS quantity, price_cents, executed_at';
  const order = db.prepare(`SELECT ${columns} FROM orders WHERE number = 3`).get() as Record<string, string | number>;
  const sum = checksum(...Object.values(order));
  db.prepare('UPDATE orders SET quantity = 77, checksum = ? WHERE number = 3').run(sum);
  db.close();
}
