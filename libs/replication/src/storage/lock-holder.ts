import { readFileSync, statSync } from 'node:fs';

/** Names the other process that has a lock on a SQLite database: "process 1234 (sqlite3)". */
export function holderOf(file: string): string {
  const inodes = [file, `${file}-shm`].map((path) => statSync(path, { throwIfNoEntry: false })?.ino);
  for (const line of linesOf('/proc/locks')) {
    // 1: POSIX  ADVISORY  WRITE 1234 08:01:5678 120 120
    const [, pid, inode] = /^\d+: POSIX .* (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
    if (pid === undefined || Number(pid) === process.pid || !inodes.includes(Number(inode))) continue;
    const [name] = linesOf(`/proc/${pid}/comm`);
    return name === undefined ? `process ${pid}` : `process ${pid} (${name})`;
  }
  return 'another process';
}

/** Returns no lines if there is no such file, as on systems other than Linux. */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
