import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CliError } from '../cli-error.js';
import type { SystemVerification } from '../verify/system/verify-system.js';
import type { Controls } from './controls.js';
import { createPrivateDirectory } from './private-directory.js';
import { findDemo, tellDemo } from './control-client.js';
import { Control } from './control.js';
import { ControlServer } from './control-server.js';
import { controlPath, type ActionDone, type DemoInfo } from './control.messages.js';

/** No TCP port has this number, so no demo can be disturbed. */
const PORT = 1_000_000 + process.pid;
const INFO: DemoInfo = {
  pid: 1,
  url: 'http://127.0.0.1:8080',
  page: 'http://127.0.0.1:8081/#token',
  load: 'off',
  dataDir: '/d',
  orderReplicas: [{ id: 1, host: '127.0.0.1', port: 7101 }],
  catalogReplicas: [{ id: 1, host: '127.0.0.1', port: 7001 }],
  processes: [],
};

const VERIFICATION: SystemVerification = {
  passed: false,
  difference: 'order 3 differs',
  orders: 2,
  members: [],
  stocks: [],
  elapsedMs: 1,
};

let server: ControlServer | undefined;

afterEach(() => {
  server?.close();
  rmSync(controlPath(PORT), { force: true });
});

function controlOf(perform: Controls['perform'], announced: string[]): Control {
  return new Control({
    controls: { perform },
    info: () => INFO,
    turnLoad: (to) => Promise.resolve(void announced.push(`load ${to}`)),
    verify: () => Promise.resolve({ ...VERIFICATION }),
    announce: (what) => announced.push(what),
  });
}

async function serve(performInWords: (action: string, target: string) => Promise<string>): Promise<string[]> {
  const perform = async (action: string, target: string): Promise<ActionDone> => ({
    done: await performInWords(action, target),
    processes: [target],
  });
  const announced: string[] = [];
  server = new ControlServer(controlPath(PORT), controlOf(perform, announced));
  await server.listen();
  return announced;
}

describe('the control socket', () => {
  it('lets a command act on a running demo, and the demo say so', async () => {
    const announced = await serve((action, target) => Promise.resolve(`${action} of ${target} done`));
    expect(await tellDemo(PORT, { action: 'kill', target: 'leader' })).toEqual({
      done: 'kill of leader done',
      processes: ['leader'],
    });
    expect(announced).toEqual(['kill of leader done']);
    expect(await findDemo(PORT)).toEqual(INFO);
  });

  it('passes on why something could not be done, and what to try', async () => {
    await serve(() => Promise.reject(new CliError('order-1 is dead', 'bazaar restart order-1', 3)));
    await expect(tellDemo(PORT, { action: 'pause', target: '1' })).rejects.toMatchObject({
      message: 'order-1 is dead',
      hint: 'bazaar restart order-1',
      exitCode: 3,
    });
  });

  it('turns the load, and verifies', async () => {
    const announced: string[] = [];
    const control = controlOf(() => Promise.reject(new Error('no fault was asked for')), announced);
    expect(await control.answer('{"action":"load","load":"full"}')).toEqual({ done: 'load full', processes: [] });
    expect(await control.answer('{"action":"verify"}')).toEqual({
      verified: { passed: false, text: 'order 3 differs' },
    });
    expect(announced).toEqual(['load full', 'verify: FAIL  order 3 differs']);
  });

  it('is not there without a demo', async () => {
    expect(await findDemo(PORT)).toBeUndefined();
    await expect(tellDemo(PORT, { action: 'kill', target: 'leader' })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('replaces what a killed demo left behind', async () => {
    createPrivateDirectory();
    writeFileSync(controlPath(PORT), '');
    expect(await findDemo(PORT)).toBeUndefined();
    await serve(() => Promise.resolve(''));
    expect(await findDemo(PORT)).toEqual(INFO);
  });

  it('is gone once the demo has closed it', async () => {
    await serve(() => Promise.resolve(''));
    server?.close();
    expect(existsSync(controlPath(PORT))).toBe(false);
  });

  it.each(['nonsense', '{"action":"format","target":"disk"}', '{"action":"kill"}', '{"action":"load"}', '[]'])(
    'answers %s with an error',
    async (line) => {
      await serve(() => Promise.resolve('must not happen'));
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = createConnection(controlPath(PORT), () => socket.write(`${line}\n`));
        socket.on('data', (data) => resolve(data.toString()));
        socket.on('error', reject);
      });
      expect(JSON.parse(answer)).toHaveProperty('failed');
    },
  );
});
