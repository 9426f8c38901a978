import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = ['keeper', 'keeper-process', 'keeper-understudy-process'];
/** Keeps one process, and tells the pids of all as soon as it runs. */
const DEMO = `
  import { Keeper } from './keeper.js';
  const [data, main] = process.argv.slice(2);
  const keeper = new Keeper([data], { exited() {}, lost() {} });
  const kept = await keeper.start({ name: 'kept', main, env: {}, logFile: data + '/log' });
  process.on('SIGTERM', () => keeper.close().then(() => process.exit(0)));
  process.stdout.write(JSON.stringify({ kept, keeper: keeper.child.pid, understudy: keeper.understudy.pid }));
`;

let directory: string;
let data: string;
let demo: ChildProcess;
let pids: { readonly kept: number; readonly keeper: number; readonly understudy: number };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-keeper-'));
  data = join(directory, 'data');
  mkdirSync(data);
  for (const name of SCRIPTS) writeFileSync(join(directory, `${name}.js`), compile(name));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(join(directory, 'demo.js'), DEMO);
  writeFileSync(join(directory, 'kept.js'), 'setInterval(() => undefined, 1000)');
  demo = spawn(process.execPath, [join(directory, 'demo.js'), data, join(directory, 'kept.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  pids = await new Promise((resolve) => {
    demo.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(JSON.parse(text) as typeof pids));
  });
});

afterEach(() => {
  for (const pid of Object.values(pids)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function compile(name: string): string {
  const source = readFileSync(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), 'utf8');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

/** One that has ended stays visible until its parent, whoever that is by then, takes note. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc there is only the signal to go by.
    return (error as { code?: string }).code === 'ENOENT' && !existsSync('/proc/self');
  }
}

async function expectNothingLeft(): Promise<void> {
  while (Object.values(pids).some(isAlive) || existsSync(data)) await pause(20);
}

describe('what a demo keeps', () => {
  it.each([
    { frozen: [] },
    { frozen: ['kept'] },
    { frozen: ['keeper'] },
    { frozen: ['understudy'], left: 'understudy' },
    { frozen: ['keeper', 'kept'] },
  ] as const)('is gone after the demo was killed while $frozen was frozen', async ({ frozen, ...rest }) => {
    for (const name of frozen) process.kill(pids[name], 'SIGSTOP');
    demo.kill('SIGKILL');
    if ('left' in rest) {
      // Only itself stays: as soon as it goes on it finds nothing to do.
      while (isAlive(pids.keeper) || isAlive(pids.kept) || existsSync(data)) await pause(20);
      process.kill(pids[rest.left], 'SIGCONT');
    }
    await expectNothingLeft();
  });

  it.each(['none', 'keeper'] as const)('is gone after an orderly end, with %s frozen', async (frozen) => {
    if (frozen === 'keeper') process.kill(pids.keeper, 'SIGSTOP');
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGTERM');
    expect(await ended).toBe(0);
    await expectNothingLeft();
  });

  it('is gone after the keeper was killed', async () => {
    process.kill(pids.keeper, 'SIGKILL');
    await expectNothingLeft();
    demo.kill('SIGTERM');
  });
});
