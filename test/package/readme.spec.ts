import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GroupClient, STATUS_PATTERN, type ReplicaStatus } from '#replication';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOfReadme, firstOfFreePorts, Project } from './project.js';

const IDS = [1, 2, 3] as const;
const LEARNER = 101;

let project: Project;
let firstPort: number;
const processes = new Map<number, ChildProcess>();

async function node(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: project.directory, timeout: 20_000 });
  return stdout.trim();
}

function startMember(id: number, file = 'main.js'): void {
  const child = spawn(process.execPath, [file], {
    cwd: project.directory,
    env: { ...process.env, REPLICA_ID: String(id) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  processes.set(id, child);
}

async function kill(id: number): Promise<void> {
  const child = processes.get(id);
  processes.delete(id);
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Finds the leader by asking the members, where the README tells the reader to look at the log. */
async function findLeader(): Promise<number> {
  const voters = IDS.map((id, i) => ({ id, host: '127.0.0.1', port: firstPort + i }));
  const group = new GroupClient({ group: 'counter', voters });
  try {
    for (;;) {
      for (const id of IDS) {
        const asked = await group.ask<ReplicaStatus>(id, STATUS_PATTERN, {}, 500);
        if ('answer' in asked && asked.answer.role === 'leader' && asked.answer.ready) return id;
      }
    }
  } finally {
    group.close();
  }
}

beforeAll(async () => {
  project = new Project();
  firstPort = await firstOfFreePorts(IDS.length + 1);
  for (const [name, code] of filesOfReadme()) {
    const voters = code.replace('7200 + id', `${firstPort - 1} + id`);
    project.write(name, voters.replace('7301', String(firstPort + IDS.length)));
  }
});

afterAll(async () => {
  await Promise.all([...processes.keys()].map((id) => kill(id)));
  project.remove();
});

describe('the packed library', () => {
  it('contains its documents, its code with types, and none of its tests', () => {
    const needed = ['package.json', 'README.md', 'DESIGN.md', 'LICENSE', 'dist/src/index.js', 'dist/src/index.d.ts'];
    expect(project.packed).toEqual(
      expect.arrayContaining([...needed, 'dist/testing/index.js', 'dist/testing/index.d.ts']),
    );
    const isExpected = (path: string): boolean =>
      /^(dist\/(src|testing)\/.*\.(js|js\.map|d\.ts)|[A-Za-z]+\.(md|json)|LICENSE)$/.test(path);
    expect(project.packed.filter((path) => !isExpected(path))).toEqual([]);
    expect(project.packed.filter((path) => /\.spec\.|contract|checkers|mutants/.test(path))).toEqual([]);
  });

  it('can be published with its code, and not without', () => {
    const { private: isPrivate, scripts } = JSON.parse(project.read('package.json')) as Record<string, unknown>;
    expect([isPrivate, scripts]).toEqual([undefined, undefined]);
    const source = join(import.meta.dirname, '../../libs/replication');
    for (const args of [
      ['publish', '--dry-run'],
      ['pack', '--dry-run'],
    ]) {
      const { status, stderr } = spawnSync('npm', args, { cwd: source, encoding: 'utf8' });
      expect(status).not.toBe(0);
      expect(stderr).toContain('npm run pack:replication');
    }
  });

  it('is found with its types and sources by every resolver and debugger', () => {
    const { exports, typesVersions } = JSON.parse(project.read('package.json')) as {
      exports: Record<string, { types: string }>;
      typesVersions: { '*': Record<string, string[]> };
    };
    // Node's old resolver does not know `exports`.
    const old = Object.entries(exports).filter(([name]) => name !== '.');
    expect(typesVersions['*']).toEqual(
      Object.fromEntries(old.map(([name, { types }]) => [name.replace('./', ''), [types]])),
    );
    const maps = project.packed.filter((path) => path.endsWith('.js.map'));
    expect(maps).toHaveLength(project.packed.filter((path) => path.endsWith('.js')).length);
    for (const map of maps) {
      expect(JSON.parse(project.read(map))).toMatchObject({ sourcesContent: [expect.any(String) as string] });
    }
  });

  it('compiles with the code of its README in a new project', { timeout: 60_000 }, () => {
    expect([...filesOfReadme().keys()]).toEqual([
      ...['counter.ts', 'main.ts', 'client.ts', 'reader.ts', 'sum.ts', 'counter.test.ts'],
    ]);
    project.compile();
  });

  it('lets a project test its state machine in virtual time', async () => {
    await node('counter.test.js');
  });

  it('keeps counting when the leader is killed, and when it comes back', { timeout: 40_000 }, async () => {
    for (const id of IDS) startMember(id);
    const leader = await findLeader();
    expect(await node('client.js')).toBe('1');
    expect(await node('client.js')).toBe('2');
    await kill(leader);
    expect(await node('client.js')).toBe('3');
    startMember(leader);
    expect(await node('client.js')).toBe('4');
    startMember(LEARNER, 'reader.js');
    while ((await node('sum.js').catch(() => '')) === '') continue;
    expect(await node('sum.js')).toBe('4');
    await node('client.js');
    expect(await node('sum.js')).toBe('5');
  });

  it.each([
    [
      'has no such member',
      9,
      '127.0.0.1',
      2,
      /^replication: this member stops: replication options: id 9 is not one of/,
    ],
    [
      'is not this machine',
      1,
      '192.0.2.1',
      2,
      /^replication: this member stops: cannot listen on 192\.0\.2\.1:\d+: this/,
    ],
    ['has its port taken', 1, '127.0.0.1', 1, /^replication: this member stops: port \d+ is taken by another process/],
  ])('reports it on one line and ends if the list %s', (_, id, host, exitCode, line) => {
    const own = mkdtempSync(join(project.directory, 'other-'));
    for (const file of ['main.js', 'counter.js']) {
      writeFileSync(join(own, file), readFileSync(join(project.directory, file), 'utf8').replace('127.0.0.1', host));
    }
    const env = { ...process.env, REPLICA_ID: String(id) };
    const { status, stderr } = spawnSync(process.execPath, ['main.js'], {
      cwd: own,
      env,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([status, stderr.split('\n').filter((text) => text.startsWith('replication: '))]).toEqual([
      exitCode,
      [expect.stringMatching(line) as string],
    ]);
    expect(stderr).not.toMatch(/Server\].*listen/);
  });
});
