import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from '#harness';
import { trade, type Target } from '../requests.js';
import { startEtcd, whyNoEtcd } from '../rivals/etcd.js';
import { Postgres, whyNoPostgres } from './postgres.js';

/** Known to the default catalog and to PostgreSQL's schema. How many there are decides how often row locks collide. */
const STOCKS = ['GameStart', 'MenhirCo', 'FishCo', 'Ford', 'Tesla', 'Nvidia'];

const WHY_NOT = [whyNoPostgres, whyNoEtcd];

/** For each peer that is missing, a line that tells what to install. */
export function missingPeers(): readonly string[] {
  return WHY_NOT.flatMap((whyNot) => whyNot() ?? []);
}

export function isAnyPeerInstalled(): boolean {
  return missingPeers().length < WHY_NOT.length;
}

/** Trades of the same stocks for every system that trades. */
export function tradesAt(name: string, port: number): Target {
  return { name, port, next: (turn) => trade(STOCKS, turn) };
}

/** The systems that a user would otherwise pick, as far as they are installed, in temporary directories. */
export class Peers {
  readonly targets: Target[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'bazaar-peers-'));
  private readonly processes = new Processes(this.directory);
  private readonly postgres = new Postgres(this.processes, this.directory);

  static async start(): Promise<Peers> {
    const peers = new Peers();
    try {
      if (whyNoPostgres() === undefined)
        for (const [name, port] of await peers.postgres.start()) peers.targets.push(tradesAt(name, port));
      if (whyNoEtcd() === undefined)
        peers.targets.push({ ...(await startEtcd(peers.processes, peers.directory)), name: 'etcd' });
      return peers;
    } catch (error) {
      const logs = peers.logs();
      await peers.close();
      throw new Error(`a peer did not start: ${String(error)}; the logs:\n${logs}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.postgres.end();
    await this.processes.close();
  }

  /** The end of every log. */
  private logs(lines = 15): string {
    const names = readdirSync(this.directory).flatMap((file) => /(.+)\.log$/.exec(file)?.[1] ?? []);
    const end = (name: string): string => this.processes.log(name).trimEnd().split('\n').slice(-lines).join('\n  ');
    return names.map((name) => `${name}:\n  ${end(name)}`).join('\n');
  }
}
