import { readFileSync } from 'node:fs';

const SAMPLE_INTERVAL_MS = 50;

/** Watches how much memory processes hold, by name, while something goes on. */
export class MemoryWatch {
  private readonly largest = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: ReadonlyMap<string, number>) {
    this.timer = setInterval(() => this.sample(), SAMPLE_INTERVAL_MS);
  }

  /** The most that each held, in MiB. */
  end(): ReadonlyMap<string, number> {
    this.sample();
    clearInterval(this.timer);
    return this.largest;
  }

  private sample(): void {
    for (const [name, pid] of this.pids)
      this.largest.set(name, Math.max(this.largest.get(name) ?? 0, residentMiB(pid)));
  }
}

export function residentMiB(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kib ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/**
 * Processor time that a process has used so far, in milliseconds. Unlike the time on the clock it says the same on a
 * machine that others use as well.
 */
export function processorMs(pid: number): number {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: behind the name in brackets, fields 14 and 15, in hundredths.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
  } catch {
    return 0;
  }
}
