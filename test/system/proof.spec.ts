import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bazaar, buildApps } from './support/bazaar.js';
import { DemoUnderTest } from './support/demo.js';

const dataDir = mkdtempSync(join(tmpdir(), 'bazaar-proof-'));
let demo: DemoUnderTest;

beforeAll(async () => {
  await buildApps();
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
    expect((await bazaar('log', '1', '--port', demo.port)).stdout).toMatch(/record trade \d+: buy 3 Ford/);
    expect((await bazaar('log', 'catalog-1', '--from', '1', '--port', demo.port)).stdout).toContain('first stocks');
    expect(await bazaar('log', 'order-9', '--port', demo.port)).toMatchObject({ code: 2, stdout: '' });
  });

  it('find a catalog that has lost its disk, and give it its trades back', async () => {
    await demo.tell('kill', 'catalog-1');
    rmSync(join(dataDir, 'catalog-1'), { recursive: true });
    // It is ready once it has its trades back, or the command gives up before.
    const restarted = bazaar('restart', 'catalog-1', '--port', demo.port);
    await expect
      .poll(() => bazaar('client', 'buy', 'Ford', '1', '--url', demo.url).then(({ stdout }) => stdout), {
        timeout: 30_000,
      })
      .toContain('CATALOG_BEHIND');
    const found = await bazaar('verify', '--port', demo.port);
    expect(found).toMatchObject({ code: 1, stdout: expect.stringContaining('has forgotten trades') as string });
    expect((await bazaar('restore-catalog', '--port', demo.port)).code).toBe(0);
    expect((await bazaar('client', 'buy', 'Ford', '1', '--url', demo.url)).code).toBe(0);
    expect((await bazaar('verify', '--port', demo.port)).code).toBe(0);
    expect([0, 3]).toContain((await restarted).code);
  });
});
