import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrderCluster } from '../cluster/support/order-cluster.js';
import { Strace } from '../cluster/support/strace.js';

/** Delays every sync of every member from outside: each waits in the kernel, as for a slow disk. */
export class SlowDisk {
  private constructor(
    private readonly traces: readonly Strace[],
    private readonly files: readonly string[],
  ) {}

  static async attach(cluster: OrderCluster, delayMs: number): Promise<SlowDisk> {
    const members = [...cluster.members('catalog'), ...cluster.members('order')];
    const fileOf = (name: string): string => join(cluster.directory, `${name}.strace`);
    const inject = ['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:delay_enter=${delayMs * 1000}`];
    const attach = (name: string): Promise<Strace> => Strace.attach(cluster.pid(name), fileOf(name), ...inject);
    return new SlowDisk(await Promise.all(members.map(attach)), members.map(fileOf));
  }

  /** How many syncs were delayed so far, as strace itself says. */
  get delayed(): number {
    return this.files.reduce((sum, file) => sum + readFileSync(file, 'utf8').split('(DELAYED)').length - 1, 0);
  }

  async detach(): Promise<void> {
    await Promise.all(this.traces.map((trace) => trace.detach()));
  }
}
