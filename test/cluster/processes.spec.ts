import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '#harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../system/support/demo.js';

const BUILT = join(ROOT, 'dist/libs/harness/src/processes/processes.js');
/** A script that starts one process, and prints its pid and that of its keeper. */
const OWNER = `
  import { Processes } from ${JSON.stringify(BUILT)};
  const [data, main] = process.argv.slice(2);
  const processes = new Processes(data);
  const child = await processes.start({ name: 'child', main, env: {} });
  process.on('SIGTERM', () => processes.close().then(() => process.exit(0)));
  process.stdout.write(JSON.stringify({ child, keeper: processes.keeper.pid }));
`;

let directory: string;
let data: string;
let owner: ChildProcess;
let pids: { readonly child: number; readonly keeper: number };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-processes-'));
  data = join(directory, 'data');
  mkdirSync(data);
  writeFileSync(join(directory, 'owner.mjs'), OWNER);
  writeFileSync(join(directory, 'child.mjs'), 'setInterval(() => undefined, 1000)');
  owner = spawn(process.execPath, [join(directory, 'owner.mjs'), data, join(directory, 'child.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  pids = await new Promise((resolve) => {
    owner.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(JSON.parse(text) as typeof pids));
  });
});

afterEach(() => {
  for (const pid of Object.values(pids)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function expectNothingLeft(): Promise<void> {
  while (Object.values(pids).some(isAlive) || existsSync(data)) await pause(20);
}

describe('started processes', () => {
  it.each([{ frozen: [] }, { frozen: ['child'] }] as const)(
    'end after their owner was killed while $frozen was frozen',
    async ({ frozen }) => {
      for (const name of frozen) process.kill(pids[name], 'SIGSTOP');
      owner.kill('SIGKILL');
      await expectNothingLeft();
    },
  );

  it.each(['none', 'keeper', 'child'] as const)(
    'end after a clean exit of the owner, with %s frozen',
    async (frozen) => {
      if (frozen !== 'none') process.kill(pids[frozen], 'SIGSTOP');
      const ended = new Promise((resolve) => owner.once('exit', resolve));
      owner.kill('SIGTERM');
      expect(await ended).toBe(0);
      await expectNothingLeft();
    },
  );

  it('end after their keeper was killed', async () => {
    process.kill(pids.keeper, 'SIGKILL');
    await expectNothingLeft();
    owner.kill('SIGTERM');
  });
});
