import { existsSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failpoint } from '#service-kit';

/** The armed failpoints, shared with the processes as files. Processes of a squad share a directory. */
export class ArmedPoints {
  private readonly root = mkdtempSync(join(tmpdir(), 'bazaar-failpoints-'));
  private readonly files = new Map<Failpoint, string>();

  directoryOf(squad: string): string {
    const directory = join(this.root, squad);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** Arms a failpoint: the next process of the squad that reaches it dies. */
  arm(point: Failpoint, squad: string): void {
    const file = join(this.directoryOf(squad), point);
    this.files.set(point, file);
    writeFileSync(file, '');
  }

  /** Reports whether a process has died at the failpoint since it was armed. */
  isReached(point: Failpoint): boolean {
    return !existsSync(this.files.get(point) ?? '');
  }

  /** Disarms all failpoints. Returns the number of processes that have died. */
  disarm(): number {
    const reached = [...this.files.values()].filter((file) => !takeBack(file));
    this.files.clear();
    return reached.length;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function takeBack(file: string): boolean {
  try {
    unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}
