import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBazaar, type Finished, type Started } from './support/bazaar.js';
import { ROOT } from '#harness';
import { waitFor } from './support/wait-for.js';

/** A pipe holds this much at once. */
const PIPE_BYTES = 65_536;
const temporary = mkdtempSync(join(tmpdir(), 'bz-'));
/** As csh exports it, and a variable that somebody has emptied. */
const ENVIRONMENT = { TMPDIR: temporary, HOST: 'x86_64-conda-linux-gnu', CATALOG_REPLICAS: '' };
const privateDirectory = join(temporary, `stock-bazaar-${process.getuid?.()}`);

let demo: Started;
let port: string;

function bazaar(...args: readonly string[]): Promise<Finished> {
  return startBazaar(args, ENVIRONMENT).finished;
}

beforeAll(async () => {
  demo = startBazaar(['demo', '--port', '0', '--catalogs', '2'], ENVIRONMENT);
  await waitFor('the demo shows its URL', () => /\/docs/.test(demo.output.stdout), 60_000);
  port = /http:\S+:(\d+)\/docs/.exec(demo.output.stdout)?.[1] ?? '';
});

afterAll(async () => {
  demo.child.kill('SIGTERM');
  await demo.finished;
  rmSync(temporary, { recursive: true, force: true });
});

describe('a demo without a terminal', () => {
  it('listens where it can, whatever a shell calls HOST, and lets nobody else into its directory', () => {
    expect(demo.output.stdout).toContain('http://127.0.0.1:');
    expect(statSync(privateDirectory).mode & 0o777).toBe(0o700);
  });

  it('stays when a terminal hangs up', async () => {
    demo.child.kill('SIGHUP');
    expect(await bazaar('wait', '--url', `http://127.0.0.1:${port}`)).toMatchObject({ code: 0 });
    expect(demo.child.exitCode).toBeNull();
  });

  it('tells of the election after its leader was killed, and of the one that comes back', async () => {
    await waitFor('the highest id leads', () => /order-3 +elected leader/.test(demo.output.stderr));
    const before = demo.output.stderr.length;
    const since = (): string => demo.output.stderr.slice(before);
    expect(await bazaar('kill', 'leader', '--port', port)).toMatchObject({ code: 0 });
    await waitFor('the election shows', () =>
      /order-[12] +elected leader of term \d+ with 2 of 3 votes in \d+ ms/.test(since()),
    );
    expect(await bazaar('restart', 'dead', '--port', port)).toMatchObject({ code: 0 });
    // At once: `restart` has waited.
    expect(await bazaar('verify', '--port', port)).toMatchObject({ code: 0 });
    expect(since()).toMatch(/order-3 +starts with/);
  });

  it('trades without any catalog, and shows each with its lag and its lease once they are back', async () => {
    const url = ['--url', `http://127.0.0.1:${port}`];
    await bazaar('kill', 'catalog', '--port', port);
    await bazaar('kill', 'catalog-2', '--port', port);
    expect(await bazaar('kill', 'catalog', '--port', port)).toMatchObject({ code: 1 });
    expect(await bazaar('client', 'buy', 'Ford', '1', ...url)).toMatchObject({ code: 0 });
    expect(await bazaar('status', '--port', port)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/catalog-1 .* no answer .*\n *catalog-2 .* no answer/) as string,
    });
    expect(await bazaar('verify', '--port', port)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 of 5 members NOT compared to the end') as string,
    });
    expect(await bazaar('restart', 'dead', '--port', port)).toMatchObject({ code: 0 });
    const status = (): Promise<string> => bazaar('status', '--port', port).then(({ stdout }) => stdout);
    await waitFor('both hold a read lease', async () =>
      /(catalog-\d .* learner .* 0 .*\d ms\s+){2}/.test(await status()),
    );
    expect(await bazaar('verify', '--port', port)).toMatchObject({ code: 0 });
  });

  it('gives a pipe all that a command prints, and says when it could not be written', async () => {
    await bazaar(
      'client',
      '--url',
      `http://127.0.0.1:${port}`,
      '--requests',
      '600',
      '--connections',
      '4',
      '--prob',
      '1',
    );
    const { code, stdout } = await bazaar('log', '3', '--limit', '100000', '--json', '--port', port);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(PIPE_BYTES);
    expect(JSON.parse(stdout)).toHaveProperty('entries');
    const log = `node bin/bazaar.js log 3 --limit 100000 --json --port ${port}`;
    const inShell = (command: string): ReturnType<typeof run> =>
      run('bash', ['-c', command], { cwd: ROOT, env: { ...process.env, ...ENVIRONMENT } });
    const full = await inShell(`${log} > /dev/full; echo $?`);
    expect(full).toMatchObject({ stdout: '1\n', stderr: expect.stringMatching(/can't be written/) as string });
    expect(await inShell(`${log} | head -c 10 > /dev/null; echo \${PIPESTATUS[0]}`)).toEqual({
      stdout: '0\n',
      stderr: '',
    });
    expect(await inShell(`${log} 2> /dev/full | tail -c 2; echo \${PIPESTATUS[0]}`)).toMatchObject({
      stdout: '}\n0\n',
    });
  });

  it('agrees on exit codes for what does not exist', async () => {
    const codes = [
      ['kill', 'bogus'],
      ['kill', 'order-9'],
      ['log', 'bogus'],
      ['log', '9'],
    ].map(async (args) => (await bazaar(...args, '--port', port)).code);
    expect(await Promise.all(codes)).toEqual([2, 2, 2, 2]);
  });

  it('ends once, however often it is told to', async () => {
    const told = setInterval(() => demo.child.kill('SIGINT'), 50);
    const { code, stderr } = await demo.finished;
    clearInterval(told);
    expect(code).toBe(0);
    expect(stderr.match(/stopping all processes/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at |defect|lost leadership of term \d+: no majority/m);
    expect(existsSync(privateDirectory) ? readdirSync(privateDirectory) : []).toEqual([]);
  });
});

const run = promisify(execFile);

describe('a command line that can not start anything', () => {
  it.each([
    [['demo', '--data-dir', '/proc/nothing'], {}],
    [['demo', '--data-dir', join(ROOT, 'package.json')], {}],
    [['demo'], { TMPDIR: '/nowhere' }],
    [['demo'], { TMPDIR: join(ROOT, 'package.json') }],
    [['demo'], { TMPDIR: join(temporary, 'long'.repeat(30)) }],
  ])('%j with %j says why in words', async (args, env) => {
    const { code, stderr } = await startBazaar([...args, '--port', '0'], { ...ENVIRONMENT, ...env }).finished;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^(HOST is .*\n)?bazaar: .*Nothing was started\.\nWhat to try: .*\n$/);
  });
});
