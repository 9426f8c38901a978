import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, numberIn, orderText, place, Traffic, type Reply, type Wish } from '../system/support/traffic.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderCluster } from './support/order-cluster.js';

interface ProcessView {
  readonly process: string;
  readonly up: boolean;
  readonly ready: boolean;
  readonly problem: string | null;
}

let cluster: OrderCluster;

beforeAll(async () => {
  cluster = await OrderCluster.start();
});

afterAll(async () => {
  await cluster.close();
});

function wish(): Wish {
  return { key: randomUUID(), name: 'Ford', type: 'sell', quantity: 1 };
}

function others(id: number): readonly number[] {
  return OrderCluster.ids.filter((other) => other !== id);
}

async function view(name: string): Promise<ProcessView | undefined> {
  const { text } = await ask(cluster.url, '/cluster');
  const { data } = JSON.parse(text) as { data: { processes: readonly ProcessView[] } };
  return data.processes.find(({ process }) => process === name);
}

async function trade(): Promise<number> {
  const reply = await place(cluster.url, wish());
  expect([reply.status, reply.text]).toEqual([200, reply.text]);
  return numberIn(reply);
}

/** Runs an action under load, and expects every request to succeed as if nothing had happened. */
async function withoutAFailedRequest(act: () => Promise<void>): Promise<void> {
  const traffic = new Traffic(cluster.url, 'Tesla');
  try {
    await traffic.waitForMore(20);
    await act();
    await traffic.waitForMore(20);
  } finally {
    await traffic.stop();
  }
  const { refused, unknown, wrong } = traffic;
  expect({ refused, unknown, wrong }, cluster.logs()).toEqual({ refused: [], unknown: [], wrong: [] });
}

describe('with one of three replicas left', () => {
  it('answers lookups as STALE, refuses trades at once with the state of each member, and trades again when a second one is back', async () => {
    const number = await trade();
    await ask(cluster.url, '/stocks/Ford');
    const leader = await cluster.waitForLeader();
    const [first = 0, second = 0] = others(leader);
    await Promise.all([cluster.kill(`order-${first}`), cluster.kill(`order-${second}`)]);
    await waitFor('the last one steps down', async () => (await cluster.status(leader))?.role !== 'leader');

    const lookup = (): Promise<Reply> => ask(cluster.url, '/stocks/Ford');
    await waitFor('the leases have ended', async () => (await lookup()).cache === 'STALE');
    expect((await lookup()).status).toBe(200);
    expect(await ask(cluster.url, '/stocks')).toMatchObject({ status: 200, cache: 'STALE' });
    expect((await ask(cluster.url, '/leader')).status).toBe(503);
    expect(await view(`order-${leader}`)).toMatchObject({ up: true, ready: false });
    expect(await view(`order-${first}`)).toMatchObject({ up: false });

    const refused = wish();
    const answer = await place(cluster.url, refused);
    expect(answer).toMatchObject({ status: 503, reason: 'NO_QUORUM' });
    expect(answer.text).toMatch(new RegExp(`needs 2 of 3 members: .*order-${leader} is up`));
    for (const dead of [first, second]) expect(answer.text).toContain(`order-${dead} refuses connections`);
    expect(await ask(cluster.url, `/orders/${number}`)).toMatchObject({ status: 503 });

    await cluster.startProcess(`order-${first}`);
    await waitFor('trading continues', async () => (await place(cluster.url, wish())).status === 200);
    // A refused trade is never executed.
    expect(await ask(cluster.url, `/orders?key=${refused.key}`)).toMatchObject({ status: 404 });
    expect((await ask(cluster.url, `/orders/${number}`)).status).toBe(200);
    await cluster.waitUntilFresh('Ford');
    await cluster.startProcess(`order-${second}`);
    await cluster.waitUntilReady();
  });
});

describe('a leader', () => {
  it('that is killed is replaced, and no client notices', async () => {
    const leader = await cluster.waitForLeader();
    await withoutAFailedRequest(async () => {
      await cluster.kill(`order-${leader}`);
      await cluster.waitForLeader();
    });
    await cluster.startProcess(`order-${leader}`);
    await cluster.waitUntilReady();
  });

  it('that is frozen is replaced, no client notices, and it follows when it wakes up', async () => {
    const leader = await cluster.waitForLeader();
    await withoutAFailedRequest(async () => {
      cluster.freeze(`order-${leader}`);
      await waitFor('a successor', async () => ![undefined, leader].includes(await cluster.leader()));
    });
    cluster.resume(`order-${leader}`);
    await cluster.waitUntilReady();
    expect((await cluster.status(leader))?.term).toBe((await cluster.status(others(leader)[0] ?? 0))?.term);
  });

  it('that stops on SIGTERM transfers leadership, and no client notices', async () => {
    const leader = await cluster.waitForLeader();
    const term = (await cluster.status(leader))?.term ?? 0;
    await withoutAFailedRequest(async () => {
      expect(await cluster.terminate(`order-${leader}`)).toEqual({ code: 0, signal: null });
    });
    // One leadership transfer is one term: there was no other election.
    const successor = await cluster.waitForLeader();
    expect((await cluster.status(successor))?.term).toBe(term + 1);
    await cluster.startProcess(`order-${leader}`);
    await cluster.waitUntilReady();
  });

  it('with the highest id gets leadership back by itself, and no client notices', async () => {
    await withoutAFailedRequest(async () => {
      await waitFor('the highest id leads', async () => (await cluster.leader()) === 3, 60_000);
    });
  });

  // A machine that stalls for an election timeout ends a term rightly; a leader that its load starves loses each of them.
  it('stays leader under load, without faults', { retry: 2 }, async () => {
    await waitFor('the highest id leads', async () => (await cluster.leader()) === 3, 60_000);
    const term = (await cluster.status(3))?.term;
    const traffic = new Traffic(cluster.url, 'Nike', 8);
    await traffic.waitForMore(1500, 60_000);
    await traffic.stop();
    expect((await cluster.status(3))?.term, cluster.logs()).toBe(term);
    expect(await cluster.leader()).toBe(3);
  });
});

describe('a gateway', () => {
  it('that starts while there is no leader finds the new one', async () => {
    const leader = await cluster.waitForLeader();
    await Promise.all([cluster.kill('frontend-1'), cluster.kill(`order-${leader}`)]);
    await cluster.startProcess('frontend-1');
    await cluster.waitUntilReady();
    const order = wish();
    const reply = await place(cluster.url, order);
    expect(reply.status).toBe(200);
    const number = numberIn(reply);
    expect((await ask(cluster.url, `/orders/${number}`)).text).toBe(orderText(order, number));
    await cluster.startProcess(`order-${leader}`);
    await cluster.waitUntilReady();
  });
});
