import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Maximum number of lines of a file. Limits of this test only ever get stricter. */
const LINES_AT_MOST = 400;
const LINES_USUALLY = 250;
/** Number of files between the two limits. Lower it when one of them is split. */
const FILES_OVER_THE_USUAL = 1;

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');
const sources = tracked.filter((file) => /^(apps|libs|test|bin)\/.*\.(ts|js)$/.test(file));

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

describe('the tree', () => {
  it(`has no source file of more than ${LINES_AT_MOST} lines, and few of more than ${LINES_USUALLY}`, () => {
    const lengths = sources.map((file) => ({ file, lines: read(file).split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > LINES_AT_MOST)).toEqual([]);
    const long = lengths.filter(({ lines }) => lines > LINES_USUALLY).map(({ file }) => file);
    expect(long.length, long.join(', ')).toBeLessThanOrEqual(FILES_OVER_THE_USUAL);
  });

  it('names files in kebab case, with the kind behind a dot', () => {
    expect(sources.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|js)$/.test(basename(file)))).toEqual(
      [],
    );
  });

  it('groups by feature and has no drawer for odds and ends', () => {
    expect(tracked.filter((file) => /(^|\/)(utils?|helpers?|common|misc|services|controllers)\//.test(file))).toEqual(
      [],
    );
  });

  it('has no open task in comments, and no test that is disabled or exclusive', () => {
    const forbidden = /\b(TODO|FIXME|XXX)\b|\b(it|describe|test)\.(only|skip|todo)\(/;
    expect(sources.filter((file) => !file.endsWith('tidy.spec.ts') && forbidden.test(read(file)))).toEqual([]);
  });

  it('imports each library only through its index', () => {
    const intoLibrary = /from '(\.\.\/)+libs\//;
    const users = sources.filter((file) => file.startsWith('apps/'));
    expect(users.filter((file) => intoLibrary.test(read(file)))).toEqual([]);
  });

  it.each(['libs', 'apps', 'test'])('is compiled anew when any file of it changes: %s', (project) => {
    // `tsc -b` looks for changes only in the files that a project includes, not in those that they import.
    const tsc = (...args: string[]): string =>
      execFileSync(process.execPath, [TSC, '-p', `${project}/tsconfig.build.json`, ...args], { encoding: 'utf8' });
    const { files } = JSON.parse(tsc('--showConfig')) as { files: readonly string[] };
    const included = new Set(files.map((file) => resolve(project, file)));
    const compiled = tsc('--listFilesOnly')
      .split('\n')
      .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/[\\/]node_modules[\\/]/.test(file));
    expect(compiled.filter((file) => !included.has(file))).toEqual([]);
  });

  it('is described completely by the README', () => {
    const readme = read('README.md');
    const parts = [
      ...new Set(
        tracked.map((file) => /^(apps|libs)\/[^/]+(?=\/)/.exec(file)?.[0]).filter((part) => part !== undefined),
      ),
    ];
    expect(parts.filter((part) => !readme.includes(part))).toEqual([]);
  });
});
