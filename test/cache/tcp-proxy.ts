import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a gateway and the catalog that a test can slow down or hold up. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private held: (() => void)[] | undefined;

  private constructor(
    private readonly server: Server,
    /** How long a piece of what the catalog answers is under way, in milliseconds. Pieces keep their order. */
    public delayMs: () => number,
  ) {}

  static async start(targetPort: number, delayMs: () => number = () => 0): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, delayMs);
    server.on('connection', (client) => proxy.join(client, connect(targetPort, '127.0.0.1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on answers are kept back, as if the network had swallowed them. */
  hold(): void {
    this.held ??= [];
  }

  /** Hands out what was kept back, and everything from now on. */
  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const deliver of held) deliver();
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, upstream: Socket): void {
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    let before = Promise.resolve();
    upstream.on('data', (data) => {
      const deliver = (): void => void client.write(data);
      const arrival = pause(this.delayMs());
      before = before.then(() => arrival).then(() => (this.held ? void this.held.push(deliver) : deliver()));
    });
  }
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
