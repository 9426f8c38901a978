import { existsSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrashPoint } from '@stock-bazaar/contracts';

/** The points at which a process will die, shared with the processes as files. */
export class ArmedPoints {
  readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-crash-points-'));
  private readonly points = new Set<CrashPoint>();

  /** The next process that comes to it dies. */
  arm(point: CrashPoint): void {
    this.points.add(point);
    writeFileSync(join(this.directory, point), '');
  }

  /** Whether a process has died at it since it was armed. */
  isReached(point: CrashPoint): boolean {
    return !existsSync(join(this.directory, point));
  }

  /** From now on nobody dies. Returns how many have. */
  disarm(): number {
    const reached = [...this.points].filter((point) => !this.takeBack(point));
    this.points.clear();
    return reached.length;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private takeBack(point: CrashPoint): boolean {
    try {
      unlinkSync(join(this.directory, point));
      return true;
    } catch {
      return false;
    }
  }
}
