import type { Socket } from 'node:net';
import { ServerTCP, type TcpOptions } from '@nestjs/microservices';
import { ListenFailure } from './listen-failure.js';
import { promptTcp } from './prompt-tcp.js';

/** How long a connection may take for its first complete message, and for each further one that it has begun, in milliseconds. */
const MESSAGE_TIMEOUT_MS = 10_000;
/**
 * Maximum number of connections that have not sent a complete message yet. A peer sends one at once; but all that wait to be accepted
 * are accepted before any of them is read, so this is well above what comes at once after a restart.
 */
const MAX_UNIDENTIFIED = 1024;

export type MemberServerOptions = NonNullable<TcpOptions['options']> & {
  /** Time for the first complete message of a connection, and for each one that it has begun, in milliseconds. @default 10000 */
  readonly messageTimeoutMs?: number;
  /** Maximum number of connections without a complete message. Beyond it, the oldest of them is closed. @default 1024 */
  readonly maxUnidentified?: number;
};

/**
 * Nest's TCP server, made fit for a member of a group. It reports every failure to listen, where Nest's reports only a
 * port that is taken and otherwise waits for ever; its answers leave at once (see `promptTcp`); and it closes connections
 * that never finish a message, silent ones as well as those that drip.
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
    // The oldest and not the newest: a peer must get through while a stranger holds the others open.
    if (this.unidentified.size > this.maxUnidentified) this.unidentified.values().next().value?.destroy();
    this.limitEachMessage(socket);
  }

  /** Avoids that Nest tries to parse each pattern as JSON: for a plain name that costs an exception with a stack, for each message. */
  protected override getRouteFromPattern(pattern: string): string {
    return this.messageHandlers.has(pattern) ? pattern : super.getRouteFromPattern(pattern);
  }

  /** Before it listens, an error is the result of `listen`, and is reported by its caller. */
  protected override handleError(error: string): void {
    if (this.server.listening) super.handleError(error);
  }

  /** Closes a connection that takes too long for a message. Nest's own limit begins anew with every byte, so it never ends one that drips. */
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
    // Nest's framing reads first, and emits the messages that a read completes before the listener below is called.
    socket.on('message', end).on('close', end);
    socket.on('data', () => {
      if (!hasEnded) deadline ??= begin();
      hasEnded = false;
    });
  }
}
