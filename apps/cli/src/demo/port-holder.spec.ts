import { createServer } from 'node:net';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { holderOf, listeningSockets } from './port-holder.js';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 12345 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 12399 1 0 20 4 30 10 -1
   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0 100 0 0 10 0
`;

describe('the holder of a port', () => {
  it('is found among the listening sockets, not among the connections', () => {
    expect(listeningSockets(TABLE, 8080)).toEqual([{ inode: '12345', uid: 1001 }]);
    expect(listeningSockets(TABLE, 80)).toEqual([{ inode: '777', uid: 0 }]);
    expect(listeningSockets(TABLE, 443)).toEqual([]);
    expect(listeningSockets('', 443)).toEqual([]);
  });

  it.runIf(platform() === 'linux')('is this process, if it listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await holderOf(port)).toMatchObject({ uid: process.getuid?.(), process: { pid: process.pid } });
    await new Promise((resolve) => server.close(resolve));
    expect(await holderOf(port)).toBeUndefined();
  });
});
