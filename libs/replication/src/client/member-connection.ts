import { ClientProxyFactory, Transport, type ClientProxy, type TcpClientOptions } from '@nestjs/microservices';
import { firstValueFrom, throwError, timeout, type Observable } from 'rxjs';
import type { MemberAddress } from '../errors.js';
import { promptTcp } from '../transport/prompt-tcp.js';
import type { CallResult } from './answer-each.js';
import { silence, type Attempt, type FailedAttempt } from './attempt.js';
import { BatchSender } from './batch-sender.js';

/** Error codes of failed attempts to connect: nothing was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL']);
/** Nest's answer when nothing handles a pattern. */
const NO_HANDLER = 'There is no matching message handler defined in the remote service.';

/**
 * Thrown at a timeout. Not the error of `rxjs`, which captures its stack: when a member freezes, hundreds of calls time out in
 * the same instant, and capturing the stacks would delay them beyond their deadline.
 */
const SILENT = Symbol('silent');
const giveUp = (): Observable<never> => throwError(() => SILENT);

/** The TCP connection to one member. The first request opens it, and the next one reopens it after it broke. */
export class MemberConnection {
  private readonly proxy: ClientProxy;
  /** One sender for each pattern. */
  private readonly batches = new Map<string, BatchSender>();
  /** Sent with each request, so that only the caller's group executes it. */
  addressee: { readonly groupId?: string } = {};

  constructor(
    readonly address: MemberAddress,
    tcp: NonNullable<TcpClientOptions['options']> = {},
  ) {
    this.proxy = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: promptTcp({ ...tcp, host: address.host, port: address.port }),
    });
  }

  /** Sends one request. Never rejects and never hangs: Nest's own `send` would wait for ever for a frozen peer. */
  async send<T>(pattern: string, payload: object, timeoutMs: number): Promise<Attempt<T>> {
    try {
      const answers = this.proxy.send<T>(pattern, payload);
      return { answer: await firstValueFrom(answers.pipe(timeout({ each: timeoutMs, with: giveUp }))) };
    } catch (error) {
      if (error === SILENT) return silence(timeoutMs);
      return classify(error, pattern);
    }
  }

  /** Sends one request in the same message as others of its pattern in this turn. */
  async sendInBatch<T>(
    pattern: string,
    payload: { readonly timeoutMs: number },
    timeoutMs: number,
  ): Promise<Attempt<T>> {
    let batch = this.batches.get(pattern);
    if (!batch) {
      batch = new BatchSender(
        (calls) => this.proxy.send<readonly CallResult[]>(pattern, { ...calls, ...this.addressee }),
        (error) => classify(error, pattern),
      );
      this.batches.set(pattern, batch);
    }
    return (await batch.send(payload, timeoutMs)) as Attempt<T>;
  }

  close(): void {
    void this.proxy.close();
  }
}

function classify(error: unknown, pattern: string): FailedAttempt {
  if (error === NO_HANDLER) {
    return { failed: 'refused', why: `does not take "${pattern}" from us (is CLUSTER_TOKEN the same everywhere?)` };
  }
  const { code, reason, leader, message } = error as {
    code?: unknown;
    reason?: unknown;
    leader?: MemberAddress | null;
    message?: unknown;
  };
  if (reason === 'NOT_LEADER') return { failed: 'notLeader', leader: leader ?? null, why: 'is up but does not lead' };
  if (reason === 'WRONG_GROUP') return { failed: 'foreign', why: `answered: ${String(message)}` };
  if (reason === 'OUTCOME_UNKNOWN') return { failed: 'unknown', why: `says: ${String(message)}` };
  if (typeof reason === 'string') return { failed: 'answered', error, why: `answered ${reason}` };
  if (typeof code === 'string' && NOT_SENT.has(code))
    return { failed: 'refused', why: `refuses connections (${code})` };
  return { failed: 'unknown', why: error instanceof Error ? `broke off (${error.message})` : 'broke off' };
}
