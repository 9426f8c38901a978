import { join } from 'node:path';
import type { OrderCluster } from '../cluster/support/order-cluster.js';
import { Strace } from '../cluster/support/strace.js';

/** Delays every sync of every member by so much, from outside: each waits in the kernel, as for a slow disk. */
export class SlowDisk {
  private constructor(private readonly traces: readonly Strace[]) {}

  static async attach(cluster: OrderCluster, delayMs: number): Promise<SlowDisk> {
    const members = [...cluster.members('catalog'), ...cluster.members('order')];
    const inject = ['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:delay_enter=${delayMs * 1000}`];
    const attach = (name: string): Promise<Strace> =>
      Strace.attach(cluster.pid(name), join(cluster.directory, `${name}.strace`), ...inject);
    return new SlowDisk(await Promise.all(members.map(attach)));
  }

  async detach(): Promise<void> {
    await Promise.all(this.traces.map((trace) => trace.detach()));
  }
}
