import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePorts, type Processes } from '#harness';
import { waitFor } from '../../system/support/wait-for.js';
import { post, type Target } from '../requests.js';
import { PROGRAM } from './compiled.js';

export const ETCD = 'etcd put';
const HOST = '127.0.0.1';

/** Tells what to install; undefined when etcd is there. */
export function whyNoEtcd(): string | undefined {
  return spawnSync('etcd', ['--version']).error && 'etcd is not installed: apt-get install etcd-server';
}

/** Three members on this machine. The one that leads is asked, which is the fastest way. */
export async function startEtcd(processes: Processes, directory: string): Promise<Target> {
  const ports = await freePorts(6);
  const members = [1, 2, 3].map((id, i) => ({
    name: `etcd-${id}`,
    client: ports[i] ?? 0,
    peers: `http://${HOST}:${ports[i + 3]}`,
  }));
  const cluster = members.map(({ name, peers }) => `${name}=${peers}`).join(',');
  for (const { name, client, peers } of members) {
    const env = {
      PROGRAM: '["etcd"]',
      ETCD_NAME: name,
      ETCD_DATA_DIR: join(directory, name),
      ETCD_LISTEN_CLIENT_URLS: `http://${HOST}:${client}`,
      ETCD_ADVERTISE_CLIENT_URLS: `http://${HOST}:${client}`,
      ETCD_LISTEN_PEER_URLS: peers,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: peers,
      ETCD_INITIAL_CLUSTER: cluster,
      ETCD_LOG_LEVEL: 'error',
    };
    await processes.start({ name, main: PROGRAM, env });
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
