import { ClientProxyFactory, Transport, type ClientProxy, type TcpClientOptions } from '@nestjs/microservices';
import { firstValueFrom, throwError, timeout, type Observable } from 'rxjs';
import type { LeaderAddress } from '../errors.js';

/** How one request to one member ended. */
export type Attempt<T> =
  | { readonly answer: T }
  /** The member answered with an error of the application. */
  | { readonly failed: 'answered'; readonly error: unknown; readonly why: string }
  /** It answered that it does not lead. Not executed. */
  | { readonly failed: 'notLeader'; readonly leader: LeaderAddress | null; readonly why: string }
  /** The request never left: certainly not executed. */
  | { readonly failed: 'refused'; readonly why: string }
  /** It left, and nothing came back. */
  | { readonly failed: 'unknown'; readonly why: string };

/** Errors of a connection attempt: nothing was sent yet. */
const NOT_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL']);
/** What Nest answers when nothing handles a pattern. */
const NO_HANDLER = 'There is no matching message handler defined in the remote service.';

/**
 * Thrown when the time is up. Not the error of `rxjs`, which writes its stack out at once: when a member freezes, hundreds of
 * calls end in the same instant, and what they spend comes on top of their deadline.
 */
const SILENT = Symbol('silent');
const giveUp = (): Observable<never> => throwError(() => SILENT);

/** The TCP connection to one member; opened by the first request, and anew after it broke. */
export class PeerConnection {
  private readonly proxy: ClientProxy;

  constructor(
    readonly address: LeaderAddress,
    tcp: NonNullable<TcpClientOptions['options']> = {},
  ) {
    this.proxy = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { ...tcp, host: address.host, port: address.port },
    });
  }

  /** Sends one request. Never throws and never hangs: Nest's own `send` waits for ever for a frozen peer. */
  async send<T>(pattern: string, payload: object, timeoutMs: number): Promise<Attempt<T>> {
    try {
      const answers = this.proxy.send<T>(pattern, payload);
      return { answer: await firstValueFrom(answers.pipe(timeout({ each: timeoutMs, with: giveUp }))) };
    } catch (error) {
      return classify(error, pattern, timeoutMs);
    }
  }

  close(): void {
    void this.proxy.close();
  }
}

function classify(error: unknown, pattern: string, timeoutMs: number): Exclude<Attempt<never>, { answer: never }> {
  if (error === SILENT) return { failed: 'unknown', why: `gave no answer in ${timeoutMs} ms` };
  if (error === NO_HANDLER) {
    return { failed: 'refused', why: `does not take "${pattern}" from us (is CLUSTER_TOKEN the same everywhere?)` };
  }
  const { code, reason, leader, message } = error as {
    code?: unknown;
    reason?: unknown;
    leader?: LeaderAddress | null;
    message?: unknown;
  };
  if (reason === 'NOT_LEADER') return { failed: 'notLeader', leader: leader ?? null, why: 'is up but does not lead' };
  if (reason === 'OUTCOME_UNKNOWN') return { failed: 'unknown', why: `says: ${String(message)}` };
  if (typeof reason === 'string') return { failed: 'answered', error, why: `answered ${reason}` };
  if (typeof code === 'string' && NOT_SENT.has(code))
    return { failed: 'refused', why: `refuses connections (${code})` };
  return { failed: 'unknown', why: error instanceof Error ? `broke off (${error.message})` : 'broke off' };
}
