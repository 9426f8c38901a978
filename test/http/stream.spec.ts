import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pause, TestSystem } from './system.js';

/** An event of any kind, with types for the members that tests read. */
interface Event {
  readonly number: number;
  readonly processes: readonly { readonly process: string }[];
}

let system: TestSystem;
let gateways: readonly string[];
const open: { close(): void }[] = [];

beforeAll(async () => {
  system = await TestSystem.start({ HEARTBEAT_INTERVAL_MS: '20' }, { orders: 1, catalogs: 2 });
  gateways = [system.url, await system.startGateway({})];
});

afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

afterAll(() => system.stopAll());

async function trade(times = 1, name = 'Ford'): Promise<number> {
  let last = 0;
  for (let i = 0; i < times; i += 1) {
    const sent = system.http.post('/orders').send({ name, type: i % 2 === 0 ? 'buy' : 'sell', quantity: 1 });
    last = (await sent.expect(200)).body.data.transaction_number;
  }
  return last;
}

/** Connects a browser's EventSource client, and collects the events of one kind. */
function follow(
  query: string,
  kind = 'message',
  gateway = 0,
): { readonly seen: Event[]; readonly source: EventSource } {
  const source = new EventSource(`${gateways[gateway]}/stream${query}`);
  open.push(source);
  const seen: Event[] = [];
  source.addEventListener(kind, ({ data }: { data: string }) => seen.push(JSON.parse(data) as Event));
  return { seen, source };
}

/** Reads the text of a stream until it has all of the parts. */
async function textWith(
  parts: readonly string[],
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const stopping = new AbortController();
  open.push({ close: () => stopping.abort() });
  const response = await fetch(system.url + path, { headers, signal: stopping.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    if (parts.every((wanted) => text.includes(wanted))) break;
  }
  return text;
}

const numbersTo = (last: number, first = 1): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('GET /stream', () => {
  it('gives every trade once and in order, as GET /trades lists it', async () => {
    const before = await trade(3);
    const { seen } = follow('');
    await expect.poll(() => seen.length).toBe(before);
    const last = await trade(3);
    await expect.poll(() => seen.length).toBe(last);
    const { body } = await system.http.get('/trades?limit=1000').expect(200);
    expect(seen).toEqual(body.data);
    expect(seen.map(({ number }) => number)).toEqual(numbersTo(last));
  });

  it('numbers its events, tells clients when to reconnect, and keeps proxies from buffering', async () => {
    const last = await trade();
    const text = await textWith([`id: ${last}\n`], '/stream');
    expect(text).toMatch(/^retry: \d+\n\n/);
    expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(numbersTo(last));
    const head = await system.http.head('/stream').expect(200);
    expect(head.headers).toMatchObject({ 'x-accel-buffering': 'no', 'cache-control': 'no-store' });
  });

  it.each(['after', 'Last-Event-ID'])('continues after the trade that %s names', async (by) => {
    const last = await trade(2);
    const [path, headers] =
      by === 'after' ? [`/stream?after=${last - 1}`, {}] : ['/stream?after=0', { 'last-event-id': String(last - 1) }];
    expect(await textWith([`id: ${last}\n`], path, headers)).not.toContain(`id: ${last - 1}\n`);
  });

  it('begins with the next trade after "latest"', async () => {
    const { seen, source } = follow('?after=latest');
    await expect.poll(() => source.readyState).toBe(source.OPEN);
    const last = await trade(2);
    await expect.poll(() => seen.map(({ number }) => number)).toEqual([last - 1, last]);
  });

  it('waits for a future trade', async () => {
    const last = await trade();
    const { seen } = follow(`?after=${last + 1}`);
    await trade(2);
    await expect.poll(() => seen.map(({ number }) => number)).toEqual([last + 2]);
  });

  it('gives quotes: first every stock, then those that change', async () => {
    const { seen } = follow('?topics=quotes', 'quote');
    const { body } = await system.http.get('/stocks').expect(200);
    await expect.poll(() => seen.length).toBe(body.data.length);
    expect(seen).toEqual(body.data);
    await trade(1, 'Nike');
    const nike = async (): Promise<unknown> =>
      (await system.http.get('/stocks')).body.data.find(({ name }) => name === 'Nike');
    await expect.poll(() => seen.at(-1)).toEqual(await nike());
  });

  it('reports the state of every process', async () => {
    const { seen } = follow('?topics=cluster', 'members');
    await expect.poll(() => seen.length).toBeGreaterThan(1);
    const { body } = await system.http.get('/cluster').expect(200);
    expect(seen[0]?.processes.map(({ process }) => process)).toEqual(body.data.processes.map(({ process }) => process));
  });

  it.each([
    ['?after=-1', {}, 'after must be'],
    ['?after=x', {}, 'after must be'],
    ['?after=01', {}, 'after must be'],
    ['?after=1&after=2', {}, 'after must be'],
    ['?topics=', {}, 'topics must be'],
    ['?topics=trades,prices', {}, 'topics must be'],
    ['?limit=5', {}, 'property limit should not exist'],
    ['', { 'last-event-id': 'x' }, 'Last-Event-ID must be'],
  ])('refuses %s %j', async (query, headers, problem) => {
    const response = await fetch(`${system.url}/stream${query}`, { headers });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(problem);
  });
});

describe('a client that reconnects', () => {
  it('gets no trade twice and misses none, at any gateway, while catalogs come and go', async () => {
    const numbers: number[] = [];
    let isDone = false;
    let gateway = 0;
    const client = async (): Promise<void> => {
      while (!isDone) {
        const { seen, source } = follow(`?after=${numbers.at(-1) ?? 0}`, 'message', (gateway += 1) % 2);
        await pause(30 + Math.random() * 120);
        source.close();
        numbers.push(...seen.map(({ number }) => number));
      }
    };
    const following = client();
    for (const round of [1, 2]) {
      await trade(20);
      await system.stop(`catalog-${round}`);
      await trade(20);
      await system.start(`catalog-${round}`);
    }
    const last = await trade(5);
    await expect.poll(() => numbers.at(-1), { timeout: 20_000 }).toBe(last);
    isDone = true;
    await following;
    expect(numbers).toEqual(numbersTo(last));
  });
});

describe('without a catalog', () => {
  it('refuses a new stream; an open one resumes when a catalog is back', async () => {
    const { seen, source } = follow('?after=latest');
    await expect.poll(() => source.readyState).toBe(source.OPEN);
    await system.stop('catalog');
    const answers = async (): Promise<number> => {
      const answer = await fetch(`${gateways[1]}/stream`);
      await answer.body?.cancel();
      return answer.status;
    };
    await expect.poll(answers, { timeout: 10_000 }).toBe(503);
    await system.start('catalog');
    const last = await trade();
    await expect.poll(() => seen.at(-1)?.number, { timeout: 10_000 }).toBe(last);
  });
});

describe('a gateway that stops', () => {
  it('ends its streams cleanly', async () => {
    const gateway = await system.startGateway({});
    const response = await fetch(`${gateway}/stream?topics=trades,quotes,cluster`);
    const text = response.text();
    await pause(300);
    await system.stopGateways();
    expect(await text).toContain('event: members');
  });
});
