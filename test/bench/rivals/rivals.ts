import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../cluster/support/free-ports.js';
import { Processes } from '../../cluster/support/processes.js';
import { ROOT } from '../../system/support/bazaar.js';
import { waitFor } from '../../system/support/wait-for.js';
import { get, post, type Target } from '../requests.js';

export const ETCD = 'etcd put';
const HOST = '127.0.0.1';
const COMPILED = join(ROOT, 'dist', 'bench', 'test', 'bench');
const BARE = { 'bare node': 'node', 'bare nest': 'nest' };

/** What others do with the same work on the same machine. */
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
      if (spawnSync('etcd', ['--version']).error)
        rivals.notes.push('etcd is not installed (apt-get install etcd-server)');
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
  const child = fork(join(COMPILED, 'bare-server.js'), [kind]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', resolve).once('exit', (code) => reject(new Error(`bare ${kind} ended with ${code}`)));
  });
  return { child, port };
}

/** Three members on this machine. The one that leads is asked, which is the fastest way. */
async function startEtcd(processes: Processes, directory: string): Promise<Target> {
  const ports = await freePorts(6);
  const members = [1, 2, 3].map((id, i) => ({
    name: `etcd-${id}`,
    client: ports[i] ?? 0,
    peers: `http://${HOST}:${ports[i + 3]}`,
  }));
  const cluster = members.map(({ name, peers }) => `${name}=${peers}`).join(',');
  for (const { name, client, peers } of members) {
    const env = {
      ETCD_NAME: name,
      ETCD_DATA_DIR: join(directory, name),
      ETCD_LISTEN_CLIENT_URLS: `http://${HOST}:${client}`,
      ETCD_ADVERTISE_CLIENT_URLS: `http://${HOST}:${client}`,
      ETCD_LISTEN_PEER_URLS: peers,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: peers,
      ETCD_INITIAL_CLUSTER: cluster,
      ETCD_LOG_LEVEL: 'error',
    };
    await processes.start({ name, main: join(COMPILED, 'rivals', 'etcd-member.process.js'), env });
  }
  let leader: number | undefined;
  await waitFor('etcd has a leader', async () => {
    const leads = await Promise.all(members.map(({ client }) => isLeader(client)));
    leader = members[leads.indexOf(true)]?.client;
    return leader !== undefined;
  });
  return { name: ETCD, port: leader ?? 0, next: put };
}

/** A trade, as it would be kept there: a new key for each. */
function put(turn: number): string {
  const value = JSON.stringify({ number: turn, name: 'Ford', type: 'buy', quantity: 1 });
  const [key, encoded] = [`order/${turn}`, value].map((text) => Buffer.from(text).toString('base64'));
  return post('/v3/kv/put', JSON.stringify({ key, value: encoded }));
}

async function isLeader(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${HOST}:${port}/v3/maintenance/status`, { method: 'POST', body: '{}' });
    const { leader, header } = (await response.json()) as { leader?: string; header?: { member_id: string } };
    return leader !== undefined && leader === header?.member_id;
  } catch {
    return false;
  }
}
