import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bazaar, startBazaar } from './support/bazaar.js';
import { faultsInBooks } from './support/books.js';
import { DemoUnderTest, isAlive, REQUEST_TIMEOUT_MS } from './support/demo.js';
import { ask, place, Traffic, type Reply } from './support/traffic.js';
import { waitFor } from './support/wait-for.js';

/** Time that a busy machine may add to a deadline, in milliseconds. */
const SLACK_MS = 1500;

const dataDir = mkdtempSync(join(tmpdir(), 'bazaar-system-'));
let demo: DemoUnderTest;

beforeAll(async () => {
  demo = await DemoUnderTest.start(dataDir);
});

afterAll(async () => {
  await demo.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

async function expectWorkloadToPass(...options: readonly string[]): Promise<void> {
  const { code, stdout } = await bazaar('client', '--url', demo.url, '--connections', '8', '--json', ...options);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ passed: true, errors: [], mismatches: [] });
  expect(report).toMatchObject({ verification: { isComplete: true, conservationChecked: true } });
  expect(code).toBe(0);
}

describe('a system that was started with one command', () => {
  it('is ready, and says so', async () => {
    await demo.waitUntilReady();
    const { code, stdout } = await bazaar('status', '--port', demo.port);
    expect(code).toBe(0);
    for (const name of ['order-1', 'catalog-1', 'frontend-1']) expect(stdout).toContain(name);
  });

  it('passes the classic workload, with requests among it that must be refused', async () => {
    await expectWorkloadToPass('--requests', '300', '--invalid', '0.2', '--stocks', 'Ford,Nike,BoarCo');
  });

  it('leaves its ports to nobody else, and says who has them', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, stderr, stdout } = await startBazaar(['demo', '--port', String(port)]).finished;
    other.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`frontend-1 needs port ${port}, but (process ${process.pid} has it|it is taken)`),
    );
    expect(stderr).toContain('Nothing was started');
  });
});

describe('a process that is killed in the middle of the workload', () => {
  it.each(['order-1', 'frontend-1'])('takes nothing acknowledged with it: %s', async (name) => {
    const traffic = new Traffic(demo.url, 'Tesla');
    await traffic.waitForMore(50);
    await demo.tell('kill', name);
    const { refused, unknown } = traffic;
    await waitFor('the outage shows', () => refused.length + unknown.length > 0);
    await demo.tell('restart', name);
    await demo.waitUntilReady();
    await traffic.waitForMore(50);
    await traffic.stop();
    expect(await faultsInBooks(demo.url, traffic), demo.log).toEqual([]);
    await expectWorkloadToPass('--requests', '50', '--stocks', 'Ford,Tesla');
  });
});

describe('the only catalog, when it is killed', () => {
  it('takes no trade with it, and lookups say STALE until it is back', async () => {
    const traffic = new Traffic(demo.url, 'Tesla');
    const lookup = (): Promise<Reply> => ask(demo.url, '/stocks/Ford');
    await lookup();
    await traffic.waitForMore(50);
    await demo.tell('kill', 'catalog-1');
    await traffic.waitForMore(50);
    expect(await lookup()).toMatchObject({ status: 200, cache: 'STALE' });
    await demo.tell('restart', 'catalog-1');
    await demo.waitUntilReady();
    await waitFor('lookups are fresh', async () => (await lookup()).cache === 'HIT');
    await traffic.waitForMore(50);
    await traffic.stop();
    const { refused, unknown } = traffic;
    expect({ refused, unknown }, demo.log).toEqual({ refused: [], unknown: [] });
    expect(await faultsInBooks(demo.url, traffic), demo.log).toEqual([]);
    await expectWorkloadToPass('--requests', '50', '--stocks', 'Ford,Tesla');
  });
});

describe('a process that is frozen', () => {
  /** Requests that are answered without it, and those that are not. */
  async function askEverything(key: string): Promise<Record<'lookup' | 'cached' | 'trade' | 'order', Reply>> {
    const [lookup, cached, trade, order] = await Promise.all([
      ask(demo.url, '/stocks/Amc'),
      ask(demo.url, '/stocks/MenhirCo'),
      place(demo.url, { key, name: 'MenhirCo', type: 'sell', quantity: 3 }),
      ask(demo.url, '/orders/1'),
    ]);
    for (const reply of [lookup, cached, trade, order]) {
      expect(reply.elapsedMs, reply.text).toBeLessThan(REQUEST_TIMEOUT_MS + SLACK_MS);
    }
    return { lookup, cached, trade, order };
  }

  /** Whatever the answer was, one more request with the key settles it, and only one trade comes of it. */
  async function expectOneTrade(key: string): Promise<void> {
    await demo.waitUntilReady();
    const repeat = await place(demo.url, { key, name: 'MenhirCo', type: 'sell', quantity: 3 });
    expect(repeat).toMatchObject({ status: 200 });
    const { number } = (JSON.parse((await ask(demo.url, `/orders?key=${key}`)).text) as { data: { number: number } })
      .data;
    expect(JSON.parse(repeat.text)).toEqual({ data: { transaction_number: number } });
    await expectWorkloadToPass('--requests', '20', '--stocks', 'Ford');
  }

  it('delays nobody beyond the deadline, and takes no trade with it: catalog-1', async () => {
    const key = randomUUID();
    await ask(demo.url, '/stocks/MenhirCo');
    await demo.tell('pause', 'catalog-1');
    const { lookup, cached, trade, order } = await askEverything(key);
    await demo.tell('resume', 'catalog-1');
    expect(lookup).toMatchObject({ status: 503, reason: 'CATALOG_UNAVAILABLE' });
    expect([cached.status, trade.status]).toEqual([200, 200]);
    expect(order.status).toBe(200);
    await expectOneTrade(key);
  });

  it('delays nobody beyond the deadline, and the reason is right: order-1', async () => {
    const key = randomUUID();
    await demo.tell('pause', 'order-1');
    const { lookup, cached, trade, order } = await askEverything(key);
    await demo.tell('resume', 'order-1');
    expect([lookup.status, cached.status]).toEqual([200, 200]);
    expect([trade.status, trade.reason]).toEqual([504, 'OUTCOME_UNKNOWN']);
    expect(order).toMatchObject({ status: 503, reason: 'NO_LEADER' });
    await expectOneTrade(key);
  });
});

describe('the end', () => {
  it('is orderly on SIGTERM, and the same data can be started again', async () => {
    const before = await ask(demo.url, '/orders/1');
    const pids = (await demo.processes()).map(({ pid }) => pid ?? 0);
    expect(await demo.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(pids.filter(isAlive)).toEqual([]);
    demo = await DemoUnderTest.start(dataDir);
    expect((await ask(demo.url, '/orders/1')).text).toBe(before.text);
    await expectWorkloadToPass('--requests', '50');
  });

  it('leaves no process behind when the demo is killed, not even a frozen one', async () => {
    const pids = (await demo.processes()).map(({ pid }) => pid ?? 0);
    expect(pids.filter(isAlive)).toHaveLength(3);
    await demo.tell('pause', 'catalog-1');
    await demo.end('SIGKILL');
    await waitFor('all processes are gone', () => !pids.some(isAlive), 5000);
    await waitFor(
      'the control socket is gone',
      () => !existsSync(join(tmpdir(), `stock-bazaar-${process.getuid?.()}`, `${demo.port}.sock`)),
      5000,
    );
    expect(existsSync(dataDir)).toBe(true);
  });
});
