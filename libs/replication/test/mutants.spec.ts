import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electionMutants } from './mutants/election.js';
import { learnerMutants } from './mutants/learners.js';
import { amnesiaMutants } from './mutants/amnesia.js';
import type { Mutant } from './mutants/mutant.js';
import { propagationMutants } from './mutants/propagation.js';
import { readsMutants } from './mutants/reads.js';
import { snapshotMutants } from './mutants/snapshot.js';

const mutants = [
  ...electionMutants,
  ...propagationMutants,
  ...readsMutants,
  ...snapshotMutants,
  ...amnesiaMutants,
  ...learnerMutants,
];

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDERS = [
  'libs/replication/src/core',
  'libs/replication/testing/simulation',
  'libs/replication/testing/simulation/checkers',
  'libs/replication/test',
  'test/simulation',
];
/** Number of seeds. A few find what the golden scripts, which are faster, don't. With many seeds, the simulation alone must find most. */
const SEEDS = Number(process.env['MUTANT_SEEDS'] ?? 12);
const ALONE = 1000;
const LIMIT_MS = SEEDS < ALONE ? 100_000 : 900_000;

let workshop = '';

beforeAll(() => {
  workshop = mkdtempSync(join(tmpdir(), 'replication-mutants-'));
  const original = join(workshop, 'original');
  for (const folder of FOLDERS)
    for (const name of readdirSync(join(ROOT, folder)))
      if (name.endsWith('.ts') && !name.endsWith('.spec.ts')) {
        const source = readFileSync(join(ROOT, folder, name), 'utf8');
        write(join(original, folder, name.replace('.ts', '.js')), compile(source));
      }
  write(join(original, 'package.json'), '{"type":"module"}');
});

afterAll(() => {
  rmSync(workshop, { recursive: true, force: true });
});

describe('the tests can fail: each deliberate bug is caught', () => {
  it('nothing catches the original', { timeout: 60_000 }, async () => {
    const original = join(workshop, 'original');
    expect(await playGoldenScripts(original)).toBe('');
    expect(await simulate(original, 30)).toBe('');
  });

  it.concurrent.each(mutants)('$name', { timeout: LIMIT_MS * 1.2 }, async (mutant) => {
    const folder = build(mutant);
    const played = SEEDS < ALONE || mutant.caughtBy === null ? await playGoldenScripts(folder) : '';
    const simulated = played === '' && mutant.caughtBy !== null ? await simulate(folder, SEEDS) : '';
    rmSync(folder, { recursive: true });
    expect(played + simulated).not.toBe('');
    if (simulated !== '') expect(simulated).toMatch(mutant.caughtBy ?? '');
  });
});

/** Builds a copy of everything with the bug in it. */
function build({ name, changes }: Mutant): string {
  const folder = join(workshop, name.replaceAll(/\W/g, '-'));
  cpSync(join(workshop, 'original'), folder, { recursive: true });
  const sources = new Map<string, string>();
  for (const { file, from, to } of changes) {
    const source = sources.get(file) ?? readFileSync(join(ROOT, FOLDERS[0]!, file), 'utf8');
    // A mutant that no longer matches the source would test nothing.
    expect(source.split(from), `'${from}' occurs exactly once in ${file}`).toHaveLength(2);
    sources.set(
      file,
      source.replace(from, () => to),
    );
  }
  for (const [file, source] of sources) write(join(folder, FOLDERS[0]!, file.replace('.ts', '.js')), compile(source));
  return folder;
}

function compile(source: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    useDefineForClassFields: false,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Returns the first failure of the simulation; empty if all seeds pass. */
function simulate(folder: string, seeds: number): Promise<string> {
  return run([join(folder, 'test/simulation/main.js'), '--seeds', String(seeds)]);
}

function playGoldenScripts(folder: string): Promise<string> {
  return run([join(folder, 'libs/replication/test/golden-main.js'), join(ROOT, 'libs/replication/test/scripts')]);
}

function run(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: LIMIT_MS }, (error, _, stderr) => {
      if (error === null) resolve('');
      else if (stderr === '') reject(new Error(`no complaint, but it failed: ${args.join(' ')}`, { cause: error }));
      else resolve(stderr);
    });
  });
}
