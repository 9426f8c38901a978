import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createPrivateDirectory } from './private-directory.js';
import type { Control } from './control.js';

const IDLE_LIMIT_MS = 30_000;

/** Lets `bazaar kill`, `status` and the like reach a running demo: one JSON line in, one out. */
export class ControlServer {
  private readonly server: Server;

  constructor(
    private readonly path: string,
    private readonly control: Pick<Control, 'answer'>,
  ) {
    this.server = createServer((socket) => this.serve(socket));
  }

  listen(): Promise<void> {
    // Another demo that ends removes the directory when it finds it empty.
    createPrivateDirectory();
    // The gateway's port was free, so no demo can be behind a socket of that name.
    rmSync(this.path, { force: true });
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, () => {
        chmodSync(this.path, 0o600);
        resolve();
      });
    });
  }

  close(): void {
    this.server.close();
  }

  private serve(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_LIMIT_MS, () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      void this.control.answer(line).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  }
}
