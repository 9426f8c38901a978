import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppName, freePorts, mainOf } from '#harness';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {} from '../system/support/bazaar.js';

/** An address of TEST-NET-1, which no machine has (RFC 5737). */
const NOT_OURS = '192.0.2.1';
/** Time limit of a start. Starts are quick; this test is about processes that stay up without a port. */
const LIMIT_MS = 60_000;

let directory: string;
let taken: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-refused-'));
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
});

afterAll(() => {
  taken.close();
  rmSync(directory, { recursive: true, force: true });
});

function takenPort(): number {
  return (taken.address() as AddressInfo).port;
}

/** Runs an app until it ends by itself. Resolves to its exit code and its stderr. */
async function run(app: AppName, env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [mainOf(app)], {
    cwd: directory,
    env: { PATH, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

async function expectRefusal(app: AppName, env: NodeJS.ProcessEnv, code: number, line: RegExp): Promise<void> {
  const end = await run(app, env);
  expect(end, end.stderr).toMatchObject({ code, stderr: expect.stringMatching(line) as string });
  expect(end.stderr).not.toMatch(/^ +at /m);
}

describe.each(['order', 'catalog'] as const)('a member of the exchange group: %s', (app) => {
  const listName = `${app.toUpperCase()}_REPLICAS`;

  async function member(settings: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
    const port = await freePorts(1);
    const DATA_DIR = mkdtempSync(join(directory, 'data-'));
    return { REPLICA_ID: '1', [listName]: `1=127.0.0.1:${String(port)}`, DATA_DIR, ...settings };
  }

  it('ends if it cannot listen', async () => {
    const CLUSTER_TOKEN = 'a token of this test';
    const foreign = await member({ BIND_HOST: NOT_OURS, CLUSTER_TOKEN });
    await expectRefusal(
      app,
      foreign,
      2,
      new RegExp(`^${app}: cannot listen on .*this machine has no address ${NOT_OURS}`, 'm'),
    );
    const busy = await member({ [listName]: `1=127.0.0.1:${takenPort()}` });
    await expectRefusal(app, busy, 1, new RegExp(`^${app}: port ${takenPort()} is taken by another process`, 'm'));
  });

  it('ends if its list or its data directory is unusable', async () => {
    await expectRefusal(app, await member({ [listName]: '1=127.0.0.1:0' }), 2, /where ID=HOST:PORT is needed/);
    const file = join(directory, `${app}-file`);
    writeFileSync(file, '');
    await expectRefusal(
      app,
      await member({ DATA_DIR: file }),
      1,
      new RegExp(`^${app}: the storage failed under ${file}`, 'm'),
    );
    await expectRefusal(app, await member({ DATA_DIR: '/proc/none/data' }), 1, /the storage failed under \/proc\/none/);
  });

  it('ends if its database driver was built for another Node', async () => {
    const hook = join(directory, 'other-node.mjs');
    const error = "Object.assign(new Error('was compiled against another one'), { code: 'ERR_DLOPEN_FAILED' })";
    writeFileSync(hook, `process.dlopen = () => { throw ${error}; };`);
    const env = await member({ NODE_OPTIONS: `--import=${hook}` });
    await expectRefusal(app, env, 1, /better-sqlite3 can't be loaded by Node v.*npm rebuild better-sqlite3/);
  });
});

describe('a gateway', () => {
  it.each([
    [{ HOST: NOT_OURS }, 2, /^frontend: cannot listen on 192\.0\.2\.1:\d+: this machine has no address/m],
    [{ HOST: 'no-such-name.invalid' }, 2, /^frontend: cannot listen on no-such-name\.invalid:\d+: the name/m],
    [{ HOST: NOT_OURS, FRONTEND_WORKERS: '2' }, 2, /^frontend, worker \d: cannot listen on 192\.0\.2\.1/m],
  ])('ends if it cannot listen: %j', async (env, code, line) => {
    await expectRefusal('frontend', { PORT: String(await freePorts(1)), ...env }, code, line);
  });
});
