import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderCluster } from './support/order-cluster.js';

let cluster: OrderCluster;

beforeAll(async () => {
  cluster = await OrderCluster.start({ frontend: { FRONTEND_WORKERS: '2' } });
});

afterAll(() => cluster.close());

/** Returns the pids of the workers, which are children of the started process. */
function workers(): readonly number[] {
  const pid = cluster.pid('frontend-1');
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** A client with one persistent connection, and therefore one worker. */
class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  get(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get(`${cluster.url}${path}`, { agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () => resolve(text)).once('error', reject);
      }).once('error', reject);
    });
  }

  async worker(): Promise<string | undefined> {
    return /bazaar_cache_entries\{worker="(\d)"\}/.exec(await this.get('/metrics'))?.[1];
  }

  async quantity(): Promise<number> {
    return (JSON.parse(await this.get('/stocks/Nike')) as { data: { quantity: number } }).data.quantity;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Returns one client for each worker. */
async function clients(): Promise<readonly Client[]> {
  const found = new Map<string, Client>();
  await waitFor('each worker serves', async () => {
    const client = new Client();
    const worker = (await client.worker()) ?? '';
    if (found.has(worker)) client.close();
    else found.set(worker, client);
    return found.size === 2;
  });
  return [...found.values()];
}

async function buy(): Promise<void> {
  const trade = { key: randomUUID(), name: 'Nike', type: 'buy', quantity: 1 } as const;
  expect((await place(cluster.url, trade)).status).toBe(200);
}

describe('a gateway of two workers', () => {
  it('is never stale on one worker after a trade through another', async () => {
    const both = await clients();
    let left = await both[0]!.quantity();
    for (let round = 0; round < 50; round += 1) {
      // Cached on both, before and after the trade.
      expect(await Promise.all(both.map((client) => client.quantity()))).toEqual([left, left]);
      await buy();
      left -= 1;
      expect(await Promise.all(both.map((client) => client.quantity()))).toEqual([left, left]);
    }
    for (const client of both) client.close();
  });

  it('replaces a worker that died, and trading continues meanwhile', async () => {
    const [victim, survivor] = workers();
    process.kill(victim!, 'SIGKILL');
    await waitFor('another worker', () => workers().length === 2 && !workers().includes(victim!));
    expect(workers()).toContain(survivor);
    for (const client of await clients()) client.close();
    await buy();
    expect(cluster.log('frontend-1')).toMatch(/worker \d died \(SIGKILL\); another one takes its place/);
  });

  it('ends with exit code 0 and leaves no process behind', async () => {
    const pids = workers();
    expect(await cluster.terminate('frontend-1')).toMatchObject({ code: 0 });
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('ends with the exit code of a worker that cannot start', async () => {
    await cluster.startProcess('frontend-1', { PORT: String(cluster.port('order-1')) });
    expect(await cluster.ended('frontend-1')).toMatchObject({ code: 1 });
    expect(cluster.log('frontend-1')).toContain('is taken by another process');
  });
});
