import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type Answer = { readonly response: unknown } | { readonly err: unknown } | 'silence' | 'reset';

/** A fake member on the wire: Nest's framing, and an answer for each pattern. */
export class FakeMember {
  readonly asked: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly id: number,
    private readonly server: Server,
    private readonly answer: (pattern: string, data: { readonly timeoutMs?: number }) => Answer,
  ) {
    server.on('connection', (socket: Socket) => this.serve(socket));
  }

  static async start(
    id: number,
    answer: (pattern: string, data: { readonly timeoutMs?: number }) => Answer,
  ): Promise<FakeMember> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeMember(id, server, answer);
  }

  get address(): { id: number; host: string; port: number } {
    return { id: this.id, host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    let received = '';
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      received += chunk;
      for (let hash = received.indexOf('#'); hash > 0; hash = received.indexOf('#')) {
        const end = hash + 1 + Number(received.slice(0, hash));
        if (received.length < end) return;
        const message = JSON.parse(received.slice(hash + 1, end)) as { pattern: string; id: string; data: object };
        const { pattern, id, data } = message;
        received = received.slice(end);
        this.asked.push(pattern);
        const answer = this.answer(pattern, data);
        if (answer === 'silence') continue;
        if (answer === 'reset') {
          socket.destroy();
          return;
        }
        const text = JSON.stringify({ ...answer, isDisposed: true, id });
        socket.write(`${text.length}#${text}`);
      }
    });
  }
}
