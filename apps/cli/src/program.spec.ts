import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from './program.js';

let written: { stdout: string; stderr: string };

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';

describe('bazaar', () => {
  it.each([
    [['nonsense']],
    [['demo', '--replicas', '2']],
    [['demo', '--catalogs', '17']],
    [['client', '--prob', '2']],
    [['client', '--requests', 'many']],
    [['client', '--nonsense']],
    [['client', 'buy', 'Ford']],
    [['client', 'buy', 'Ford', '0']],
    [['wait', '--timeout', 'soon']],
    [['status', '--watch', '--json']],
    [['kill']],
    [['log']],
    [['chaos', '--seed', '-1']],
    [['chaos', '--duration', 'long']],
    [['bench', '--connections', '0']],
    [['bench', '--sweep-prob', '0,2']],
    [['bench', '--sweep-prob', '0,0.5', '--prob', '0.2']],
    [['bench', '--compare-cache', '--kill-leader-at', '1s']],
    [['verify', '--port', 'x']],
    [['log', '3', '--from', '0']],
  ])('ends %j with exit code 2 and says what to try', async (args) => {
    expect(await run(args)).toBe(2);
    expect(written.stdout).toBe('');
    expect(written.stderr).toMatch(/^error: .*\nWhat to try: .*--help/);
  });

  it.each([[['kil']], [['kil', '--help']], [['help', 'kil']]])(
    'knows no command %j, and names the nearest',
    async (args) => {
      expect(await run(args)).toBe(2);
      expect(written.stdout).toBe('');
      expect(written.stderr).toMatch(/unknown command 'kil'\n\(Did you mean kill\?\)/);
    },
  );

  it('knows no request but its own', async () => {
    expect(await run(['client', 'lokup', 'Ford'])).toBe(2);
    expect(written.stderr).toContain("unknown request 'lokup': it is lookup, buy, sell or order");
  });

  it('prints its version', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(written.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([['status'], ['verify'], ['chaos'], ['log', '3']])(
    'prints one JSON document for a failure of %s, too',
    async (...args) => {
      expect(await run([...args, '--json', '--port', '1'])).toBe(3);
      expect(JSON.stringify(JSON.parse(written.stdout))).toContain('no demo runs with its gateway on port 1');
    },
  );

  it('prints its help on stdout and ends with 0', async () => {
    expect(await run(['client', '--help'])).toBe(0);
    expect(written.stdout).toContain('--connections');
  });

  it.each([
    [['client', '--url', NOWHERE]],
    [['client', 'lookup', 'Ford', '--url', NOWHERE]],
    [['bench', '--url', NOWHERE]],
  ])('ends %j with exit code 3 when nobody listens, without a stack', async (args) => {
    expect(await run(args)).toBe(3);
    expect(written.stderr).toContain(`bazaar: ${NOWHERE}: connection refused\nWhat to try: start the system`);
    expect(written.stderr).not.toMatch(/\n\s+at /);
  });

  it('kills no leader after the end of a bench, and none where no demo runs', async () => {
    expect(await run(['bench', '--duration', '2s', '--kill-leader-at', '3s', '--url', NOWHERE])).toBe(2);
    expect(written.stderr).toContain('What to try: a longer --duration');
    expect(await run(['bench', '--kill-leader-at', '3s', '--url', NOWHERE])).toBe(3);
    expect(written.stderr).toContain('no demo runs with its gateway on port 1');
  });

  it.each(['--csv', '--html'])('finds out before a bench that %s names no file that can be written', async (option) => {
    // Nobody listens there, so any request would end with 3.
    expect(await run(['bench', '--url', NOWHERE, option, '/dev/null/file'])).toBe(2);
    expect(written.stderr).toMatch(new RegExp(`${option}: the file can't be written .*\\nWhat to try: another path`));
  });

  it('writes no two results of a bench to one file', async () => {
    expect(await run(['bench', '--url', NOWHERE, '--csv', '/dev/null', '--html', '/dev/../dev/null'])).toBe(2);
    expect(written.stderr).toContain('--csv and --html name the same file');
  });

  it('writes the page of a bench that failed, with the reason', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bazaar-page-'));
    try {
      const file = join(directory, 'report.html');
      expect(await run(['bench', '--url', NOWHERE, '--html', file])).toBe(3);
      expect(readFileSync(file, 'utf8')).toContain(`The bench ended early: ${NOWHERE}: connection refused`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('waits as long as it may, then says what is not ready', async () => {
    expect(await run(['wait', '--timeout', '300ms', '--url', NOWHERE])).toBe(3);
    expect(written.stderr).toContain(`not ready after 300 ms: ${NOWHERE}: connection refused`);
  });

  it('prints one JSON document and nothing else when asked to', async () => {
    expect(await run(['wait', '--timeout', '10ms', '--json', '--url', NOWHERE])).toBe(3);
    expect(JSON.parse(written.stdout)).toMatchObject({ ready: false });
  });
});
