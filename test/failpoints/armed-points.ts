import { existsSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failpoint } from '#service-kit';

/** The points at which a process will die, shared with the processes as files: those of a squad have one directory. */
export class ArmedPoints {
  private readonly root = mkdtempSync(join(tmpdir(), 'bazaar-failpoints-'));
  private readonly files = new Map<Failpoint, string>();

  directoryOf(squad: string): string {
    const directory = join(this.root, squad);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** The next process of the squad that comes to it dies. */
  arm(point: Failpoint, squad: string): void {
    const file = join(this.directoryOf(squad), point);
    this.files.set(point, file);
    writeFileSync(file, '');
  }

  /** Whether a process has died at it since it was armed. */
  isReached(point: Failpoint): boolean {
    return !existsSync(this.files.get(point) ?? '');
  }

  /** From now on nobody dies. Returns how many have. */
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
