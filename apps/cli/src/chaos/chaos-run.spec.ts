import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliError } from '../cli-error.js';
import { Control } from '../demo/control.js';
import { ControlServer } from '../demo/control-server.js';
import { controlPath, type ActionDone, type DemoInfo } from '../demo/control.messages.js';
import { runChaos, type ChaosReport } from './chaos-run.js';

/** No TCP port has this number, so no demo can be disturbed. */
const PORT = 2_000_000 + process.pid;
const NAMES = ['catalog-1', 'order-1', 'order-2', 'order-3'];
const STATE_AFTER: Record<string, string> = { kill: 'dead', pause: 'paused', resume: 'running', restart: 'running' };

let states: Map<string, string>;
let done: string[];
let server: ControlServer;

function perform(action: string, target: string): Promise<ActionDone> {
  if (states.get(target) === 'dead' && action !== 'restart') {
    return Promise.reject(new CliError(`${target} is dead`, 'restart it'));
  }
  states.set(target, STATE_AFTER[action] ?? '');
  done.push(`${action} ${target}`);
  return Promise.resolve({ done: `${action} ${target}`, processes: [target] });
}

function info(): DemoInfo {
  const processes = NAMES.map((name) => ({ name, address: 'h:1', pid: 1, state: states.get(name) ?? '' }));
  return { pid: 1, url: '', page: '', load: 'off', dataDir: '', orderReplicas: [], catalogReplicas: [], processes };
}

beforeEach(async () => {
  states = new Map(NAMES.map((name) => [name, 'running']));
  done = [];
  const unused = (): Promise<never> => Promise.reject(new Error('chaos asks for no such thing'));
  const control = new Control({
    controls: { perform },
    info,
    turnLoad: unused,
    verify: unused,
    announce: () => undefined,
  });
  server = new ControlServer(controlPath(PORT), control);
  await server.listen();
});

afterEach(() => {
  server.close();
  rmSync(controlPath(PORT), { force: true });
});

function run(
  signal = new AbortController().signal,
  tell: (line: string) => void = () => undefined,
): Promise<ChaosReport> {
  return runChaos({ port: PORT, seed: 42, durationMs: 3000, processes: NAMES, tell, signal });
}

describe('chaos on a running demo', () => {
  it('does what its seed says, and leaves everything running', async () => {
    const report = await run();
    expect(report).toMatchObject({ seed: 42, surprises: [] });
    expect(report.faults).toBeGreaterThan(0);
    expect([...states.values()]).toEqual(NAMES.map(() => 'running'));
    const first = done;
    done = [];
    await run();
    expect(done).toEqual(first);
  });

  it('mends what is broken when it is stopped early', async () => {
    const stop = new AbortController();
    const ended = run(stop.signal, () => stop.abort());
    await ended;
    expect(done.length).toBeLessThanOrEqual(2);
    expect([...states.values()]).toEqual(NAMES.map(() => 'running'));
  });

  it('tells of a process that has ended by itself, and starts it again', async () => {
    for (const name of NAMES) states.set(name, 'dead');
    const { surprises } = await run();
    expect([...states.values()]).toEqual(NAMES.map(() => 'running'));
    for (const surprise of surprises) expect(surprise).toMatch(/is dead$/);
  });
});
