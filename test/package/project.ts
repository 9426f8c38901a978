import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isFree } from '#harness';

const ROOT = resolve(import.meta.dirname, '../..');
const NAME = '@stock-bazaar/replication';
/** The packages that a user installs beside the library, as its README says; taken from this tree, so that no network is needed. */
const INSTALLED = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'reflect-metadata', 'rxjs'];

const COMPILER_OPTIONS = {
  ...{ target: 'es2023', module: 'nodenext', strict: true, types: ['node'] },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true, skipLibCheck: true },
};

/** A new project outside this repository in which the packed library is installed. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), 'package-'));
  /** Paths of the files in the tarball. */
  readonly packed: readonly string[];

  constructor() {
    execFileSync(process.execPath, [join(ROOT, 'libs/replication/pack.js'), this.directory], { stdio: 'pipe' });
    const tarball = join(this.directory, 'stock-bazaar-replication-0.1.0.tgz');
    const listing = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
    this.packed = listing
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    this.unpack(tarball);
    this.write('package.json', JSON.stringify({ name: 'new-app', private: true, type: 'module' }));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  /** Reads a file of the installed library. */
  read(path: string): string {
    return readFileSync(join(this.directory, 'node_modules', NAME, path), 'utf8');
  }

  /** Compiles the project. Throws with the compiler's messages if that fails. */
  compile(): void {
    try {
      execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], {
        cwd: this.directory,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout, { cause: error });
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Installs as `npm install` does, but without the network: the library as it was packed, its dependencies as links. */
  private unpack(tarball: string): void {
    const modules = join(this.directory, 'node_modules');
    const library = join(modules, NAME);
    mkdirSync(library, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', library, '--strip-components=1']);
    const { dependencies } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of [...INSTALLED, ...Object.keys(dependencies), '@types/node']) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
  }
}

/** Returns the code blocks of the library's README by file name. Each begins with a comment that names its file. */
export function filesOfReadme(): ReadonlyMap<string, string> {
  const readme = readFileSync(join(ROOT, 'libs/replication/README.md'), 'utf8');
  return new Map(
    [...readme.matchAll(/```ts\n(\/\/ ([a-z.]+)[^]*?)```/g)].map(([, code = '', name = '']) => [name, code]),
  );
}

/**
 * The first of a row of free ports, on loopback. Below those that the system gives to connections, or a member
 * that is to start later could find its port taken by the connection of another one.
 */
export async function firstOfFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const areFree = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (areFree.every(Boolean)) return first;
  }
}
