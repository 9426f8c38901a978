import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from '#harness';
import { get, type Target } from '../requests.js';
import { BARE_SERVER } from './compiled.js';
import { startEtcd, whyNoEtcd } from './etcd.js';

const BARE = { 'bare node': 'node', 'bare nest': 'nest' };

/** Other servers that do the same work on the same machine. */
export class Rivals {
  readonly targets: Target[] = [];
  /** Why some are missing. */
  readonly notes: string[] = [];
  private readonly bare: ChildProcess[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-rivals-'));
  private readonly processes = new Processes(this.directory);

  static async start(): Promise<Rivals> {
    const rivals = new Rivals();
    try {
      for (const [name, kind] of Object.entries(BARE)) await rivals.addBare(name, kind);
      const whyNot = whyNoEtcd();
      if (whyNot !== undefined) rivals.notes.push(whyNot);
      else rivals.targets.push(await startEtcd(rivals.processes, rivals.directory));
      return rivals;
    } catch (error) {
      await rivals.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const child of this.bare) child.disconnect();
    await this.processes.close();
  }

  private async addBare(name: string, kind: string): Promise<void> {
    const { child, port } = await startBare(kind);
    this.bare.push(child);
    const request = get('/stocks/Ford');
    this.targets.push({ name, port, next: () => request });
  }
}

/** A server that does nothing but answer, on bare Node (`node`) or Nest (`nest`). It ends with us. */
export async function startBare(kind: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(BARE_SERVER, [kind]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', resolve).once('exit', (code) => reject(new Error(`bare ${kind} ended with ${code}`)));
  });
  return { child, port };
}
