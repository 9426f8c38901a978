import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from './gateway.js';

const CLIENTS = 20;

let gateway: Awaited<ReturnType<typeof startGateway>>;
const agents: Agent[] = [];

beforeEach(async () => {
  gateway = await startGateway();
});

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await gateway.app.close();
});

/** Creates a client that keeps one connection open. */
function newAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

/** Sends a request and resolves to whether its connection may be reused. Never retries, as a client cannot know that it is safe. */
function post(agent: Agent): Promise<'keep-alive' | 'close'> {
  return new Promise((resolve, reject) => {
    const sent = request(`${gateway.url}/orders`, {
      agent,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    sent.once('error', reject).once('response', (answer: IncomingMessage) => {
      answer.resume().once('error', reject);
      answer.once('end', () => resolve(answer.headers.connection === 'close' ? 'close' : 'keep-alive'));
    });
    // Refused because it is empty. Only whether there is an answer matters here.
    sent.end('{}');
  });
}

describe('a gateway that stops', () => {
  it('cuts no request of clients that keep their connections', async () => {
    let answers = 0;
    const clients = Array.from({ length: CLIENTS }, async () => {
      const agent = newAgent();
      while ((await post(agent)) === 'keep-alive') answers += 1;
    });
    while (answers < 10 * CLIENTS) await pause(5);
    await Promise.all([gateway.app.close(), ...clients]);
    await expect(post(newAgent())).rejects.toThrow('ECONNREFUSED');
  });

  it('still serves what comes in on an idle connection, and then hangs up', async () => {
    const agent = newAgent();
    expect(await post(agent)).toBe('keep-alive');
    const stopped = gateway.app.close();
    await pause(300);
    expect(await post(agent)).toBe('close');
    await stopped;
  });

  it('does not wait for connections that nobody uses', async () => {
    expect(await post(newAgent())).toBe('keep-alive');
    const silent = connect(gateway.port, '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const started = performance.now();
    await gateway.app.close();
    silent.destroy();
    expect(performance.now() - started).toBeLessThan(4500);
  });
});
