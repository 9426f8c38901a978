import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** Selects answers; each is the JSON text of one message. */
export type Which = (answer: string) => boolean;

const ALL: Which = () => true;
const NONE: Which = () => false;

/** Selects a catalog's answer about a stock. */
export const isLookup: Which = (answer) => answer.includes('"isWatched"');
/** Selects the notice to a gateway that a stock has changed. */
export const isChange: Which = (answer) => answer.includes('"changes":["');

/**
 * A wire to a server that a test can slow down, block or cut. It knows Nest's framing, so single answers can be held back, and
 * overtake each other.
 */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private held: { readonly answer: string; readonly deliver: () => void }[] = [];
  private isHeld = NONE;
  private isSilent = false;

  private constructor(
    private readonly server: Server,
    /** Returns the delay of an answer, in milliseconds. An answer with a longer delay is overtaken by later ones. */
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

  /** Holds back the selected answers from now on, as if the network had lost them. */
  hold(which: Which = ALL): void {
    this.isHeld = which;
  }

  /** Delivers the selected answers that were held back, and lets later ones through. */
  release(which: Which = ALL): void {
    const { held, isHeld } = this;
    this.isHeld = (answer) => isHeld(answer) && !which(answer);
    this.held = held.filter(({ answer }) => !which(answer));
    for (const { answer, deliver } of held) if (which(answer)) deliver();
  }

  /** Reports whether such an answer is being held back. */
  holds(which: Which): boolean {
    return this.held.some(({ answer }) => which(answer));
  }

  /** Blocks both directions without breaking a connection, until `cut`. */
  silence(): void {
    this.isSilent = true;
  }

  /** Breaks every connection and drops held answers. New connections are let through. */
  cut(): void {
    this.held = [];
    this.isHeld = NONE;
    this.isSilent = false;
    for (const socket of this.sockets) socket.destroy();
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
    client.on('data', (data) => {
      if (!this.isSilent) upstream.write(data);
    });
    readAnswers(upstream, (answer) => {
      const deliver = (): void => {
        if (!this.isSilent) client.write(`${answer.length}#${answer}`);
      };
      const arrive = (): void => (this.isHeld(answer) ? void this.held.push({ answer, deliver }) : deliver());
      const delayMs = this.delayMs();
      if (delayMs > 0) setTimeout(arrive, delayMs);
      else arrive();
    });
  }
}

/** Splits a stream into messages: the length in characters, `#`, and JSON of that length. */
function readAnswers(socket: Socket, take: (answer: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let text = '';
  socket.on('data', (data) => {
    text += decoder.write(data);
    for (;;) {
      const start = text.indexOf('#') + 1;
      const end = start + Number(text.slice(0, start - 1));
      if (start === 0 || text.length < end) return;
      take(text.slice(start, end));
      text = text.slice(end);
    }
  });
}
