import type { Outcome, Trail } from '../chaos/traders.js';
import { place, type Reply } from '../system/support/traffic.js';

/** Places a trade through one gateway, and adds what that came to to its trail. */
export async function send(url: string, { wish, attempts }: Trail): Promise<Outcome> {
  const askedAt = performance.now();
  const outcome = await place(url, wish).then(outcomeOf, (error: unknown): Outcome => {
    return { kind: 'unknown', why: String(error) };
  });
  attempts.push({ askedAt, answeredAt: performance.now(), outcome });
  return outcome;
}

function outcomeOf({ status, text, reason = '' }: Reply): Outcome {
  if (status === 200) {
    const { data } = JSON.parse(text) as { data: { transaction_number: number } };
    return { kind: 'executed', number: data.transaction_number };
  }
  if (status === 503) return { kind: 'notExecuted', reason };
  return status === 504 ? { kind: 'unknown', why: reason } : { kind: 'refused', reason };
}

/** Whether an answer has settled it for good. */
export function isDecided({ attempts }: Trail): boolean {
  return attempts.some(({ outcome }) => outcome.kind === 'executed' || outcome.kind === 'refused');
}

export interface Seen {
  readonly quantity: number;
  readonly cache: string | null;
}

/** A lookup; undefined when the gateway can't answer it, or says itself that the answer may be old. */
export async function lookUp(url: string, name: string): Promise<Seen | undefined> {
  const answer = await fetch(`${url}/stocks/${name}`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  const cache = answer?.headers.get('x-cache') ?? null;
  const body = (await answer?.json().catch(() => undefined)) as { data?: { quantity: number } } | undefined;
  return body?.data && cache !== 'STALE' ? { quantity: body.data.quantity, cache } : undefined;
}
