import { readdir, readFile, readlink } from 'node:fs/promises';
import { ownUid } from './private-directory.js';

export interface PortHolder {
  readonly uid: number;
  /** Undefined for a process that this user may not look into. */
  readonly process?: { readonly pid: number; readonly command: string };
}

/** The state "listening" in /proc/net/tcp. */
const LISTENING = '0A';

/** Who listens on a TCP port. Undefined when nobody does, and where that can't be seen: anywhere but on Linux. */
export async function holderOf(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const sockets = tables.flatMap((table) => listeningSockets(table, port));
  const uid = sockets[0]?.uid;
  if (uid === undefined) return undefined;
  const inodes = new Set(sockets.map(({ inode }) => inode));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await hasSocket(pid, inodes)) return { uid, process: { pid: Number(pid), command: await commandOf(pid) } };
  }
  return { uid };
}

/** `process 77 has it: node server.js`, or as much of it as can be seen. */
export function holderWords({ uid, process }: PortHolder): string {
  const user = uid === ownUid() ? '' : ` of another user (uid ${uid})`;
  return process === undefined ? `a process${user} has it` : `process ${process.pid}${user} has it: ${process.command}`;
}

/** The sockets that listen on `port` and who opened them, from the text of /proc/net/tcp or tcp6. */
export function listeningSockets(table: string, port: number): readonly { inode: string; uid: number }[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.split(':')[1] === wanted && state === LISTENING)
    .flatMap(({ 7: uid, 9: inode }) => (inode === undefined ? [] : [{ inode, uid: Number(uid) }]));
}

async function hasSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) return true;
    }
  } catch {
    // It ended meanwhile, or belongs to another user.
  }
  return false;
}

async function commandOf(pid: string): Promise<string> {
  const command = (await readOrEmpty(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
  return command === '' ? 'its command is hidden' : command;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
