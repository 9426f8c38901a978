import type { Socket } from 'node:net';
import { ServerTCP, type TcpOptions } from '@nestjs/microservices';
import { ListenFailure } from './listen-failure.js';
import { promptTcp } from './prompt-tcp.js';

/** How long a connection may take for its first complete message, and for each message that it has begun, in milliseconds. */
const MESSAGE_TIMEOUT_MS = 10_000;
/**
 * Maximum number of connections without a complete message. A peer sends one at once, but all waiting connections are accepted
 * before any of them is read, so this is well above the number that arrives at once after a restart.
 */
const MAX_UNIDENTIFIED = 1024;

export type MemberServerOptions = NonNullable<TcpOptions['options']> & {
  /** Timeout of a connection's first complete message, and of each message that it has begun, in milliseconds. @default 10000 */
  readonly messageTimeoutMs?: number;
  /** Maximum number of connections without a complete message. Beyond it, the oldest one is closed. @default 1024 */
  readonly maxUnidentified?: number;
};

/**
 * Nest's TCP server, adapted for a member of a group. It reports every failure to listen (Nest's reports only a taken port, and
 * otherwise waits for ever); it sends answers at once (see `promptTcp`); and it closes connections that never finish a message,
 * silent or slow.
 */
export class MemberServer extends ServerTCP {
  private readonly unidentified = new Set<Socket>();
  private readonly messageTimeoutMs: number;
  private readonly maxUnidentified: number;

  constructor(options: MemberServerOptions) {
    super(promptTcp(options));
    this.messageTimeoutMs = options.messageTimeoutMs ?? MESSAGE_TIMEOUT_MS;
    this.maxUnidentified = options.maxUnidentified ?? MAX_UNIDENTIFIED;
  }

  override listen(callback: (error?: unknown) => void): void {
    const fail = (error: Error): void => callback(ListenFailure.from(error, this.host, this.port));
    this.server.once('error', fail);
    this.server.listen(this.port, this.host, () => {
      this.server.off('error', fail);
      callback();
    });
  }

  override bindHandler(socket: Socket): void {
    super.bindHandler(socket);
    this.unidentified.add(socket);
    // Close the oldest, not the newest: a peer must get through while a stranger holds many connections open.
    if (this.unidentified.size > this.maxUnidentified) this.unidentified.values().next().value?.destroy();
    this.limitEachMessage(socket);
  }

  /** Keeps Nest from parsing each pattern as JSON, which for a plain name costs an exception with a stack per message. */
  protected override getRouteFromPattern(pattern: string): string {
    return this.messageHandlers.has(pattern) ? pattern : super.getRouteFromPattern(pattern);
  }

  /** Ignores errors before it listens: they are the result of `listen`, and its caller reports them. */
  protected override handleError(error: string): void {
    if (this.server.listening) super.handleError(error);
  }

  /** Closes a connection that takes too long for a message. Nest's own timeout restarts with every byte, so slow ones stay open. */
  private limitEachMessage(socket: Socket): void {
    const begin = (): NodeJS.Timeout => setTimeout(() => socket.destroy(), this.messageTimeoutMs).unref();
    let deadline: NodeJS.Timeout | undefined = begin();
    let hasEnded = false;
    const end = (): void => {
      clearTimeout(deadline);
      deadline = undefined;
      hasEnded = true;
      this.unidentified.delete(socket);
    };
    // Nest's framing reads first, and emits the messages that a read completes before the listener below runs.
    socket.on('message', end).on('close', end);
    socket.on('data', () => {
      if (!hasEnded) deadline ??= begin();
      hasEnded = false;
    });
  }
}
