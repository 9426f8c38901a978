import type { Entry, MemberId, Message } from '../core/messages.js';

/**
 * Limit of terms, indexes, rounds and the like: far above what a group ever reaches, and far below the loss of integer
 * precision.
 */
export const NUMBER_LIMIT = 2 ** 48;
/** Nonces are random numbers from 1 up to, but not including, this limit; see core/amnesia.ts. */
const NONCE_LIMIT = 2 ** 48 + 1;
/**
 * How far a term may be ahead of the newest known term. No member misses that many elections, and one forged term can't exhaust
 * the remaining terms.
 */
export const TERM_JUMP_LIMIT = 2 ** 32;

/** The values that a message is checked against. */
export interface Expected {
  readonly id: MemberId;
  /** The sender of the batch that it came in. */
  readonly from: MemberId;
  /** The newest term that this member knows. */
  readonly term: number;
}

/** A message, or why the value is not one. */
export type Parsed = { readonly message: Message } | { readonly problem: string };

/** Checks whether a value is a `T`. Because of the second field, a check for a wider or narrower type does not compile. */
interface Check<T> {
  readonly accepts: (value: unknown) => boolean;
  readonly exactly?: (value: T) => T;
}
type Envelope = 'type' | 'from' | 'to' | 'term';
type FieldsOf<M> = { readonly [Field in Exclude<keyof M, Envelope>]-?: Check<M[Field]> };
/** One check for each field of each message: a new field does not compile until it is here. */
type Shapes = { readonly [Type in Message['type']]: FieldsOf<Extract<Message, { type: Type }>> };

const count: Check<number> = { accepts: (value) => isCount(value) };
const flag: Check<boolean> = { accepts: (value) => typeof value === 'boolean' };
const text: Check<string> = { accepts: (value) => typeof value === 'string' };
const countOrNull: Check<number | null> = { accepts: (value) => value === null || isCount(value) };
const nonce: Check<number> = { accepts: (value) => isNonce(value) };
const nonceOrNull: Check<number | null> = { accepts: (value) => value === null || isNonce(value) };
const entries: Check<readonly Entry[]> = { accepts: (value) => Array.isArray(value) && value.every(isEntry) };
const permission: Check<{ readonly nonce: number; readonly index: number } | null> = {
  accepts: (value) =>
    value === null || (hasExactly(value, ['nonce', 'index']) && isNonce(value['nonce']) && isCount(value['index'])),
};

const SHAPES: Shapes = {
  preVoteRequest: { lastIndex: count, lastTerm: count },
  preVoteResponse: { granted: flag },
  voteRequest: { lastIndex: count, lastTerm: count, leadershipTransfer: flag },
  voteResponse: { granted: flag },
  append: {
    prevIndex: count,
    prevTerm: count,
    entries,
    commitIndex: count,
    round: count,
    amnesia: flag,
    recovered: permission,
  },
  appendResponse: {
    accepted: flag,
    index: count,
    hintIndex: count,
    hintTerm: count,
    round: count,
    nonce: nonceOrNull,
  },
  snapshotPage: {
    lastIndex: count,
    lastTerm: count,
    snapshotNumber: count,
    page: count,
    data: text,
    done: flag,
    round: count,
  },
  snapshotResponse: {
    lastIndex: count,
    snapshotNumber: count,
    nextPage: countOrNull,
    round: count,
    nonce: nonceOrNull,
  },
  timeoutNow: {},
  leaseRequest: { question: count, round: count, nonce },
  leaseResponse: { question: count, nonce, index: count, leaseMs: count },
};

const shapes: ReadonlyMap<unknown, Readonly<Record<string, Pick<Check<never>, 'accepts'>>>> = new Map(
  Object.entries(SHAPES),
);

/**
 * Checks a message from the network, which may come from anybody. The core trusts messages: a term of 1e300 would prevent all
 * further elections, and a missing list of entries would crash the process.
 */
export function parseMessage(value: unknown, expected: Expected): Parsed {
  if (!isRecord(value)) return { problem: 'not an object' };
  const shape = shapes.get(value['type']);
  if (shape === undefined) return { problem: 'of an unknown type' };
  const name = String(value['type']);
  const fields = Object.keys(shape);
  if (!hasExactly(value, ['type', 'from', 'to', 'term', ...fields]))
    return { problem: `${name} with missing or unknown fields` };
  const wrong = fields.find((field) => shape[field]?.accepts(value[field]) !== true);
  if (wrong !== undefined) return { problem: `${name} with a wrong ${wrong}` };
  // Every field has the right type now.
  const message = value as unknown as Message;
  const problem = problemOfEnvelope(message, expected) ?? problemOfContent(message);
  return problem === null ? { message } : { problem: `${name} ${problem}` };
}

function problemOfEnvelope({ from, to, term }: Message, { id, from: sender, term: known }: Expected): string | null {
  if (to !== id) return 'for another member';
  if (from !== sender) return 'in the batch of another member';
  if (!isCount(term) || term > known + TERM_JUMP_LIMIT) return 'with an impossible term';
  return null;
}

/** Checks relations that hold in every message of a leader, and on which the receiver's log relies. */
function problemOfContent(message: Message): string | null {
  if (message.type === 'snapshotPage' && message.lastTerm > message.term) return 'ahead of its own term';
  if (message.type !== 'append') return null;
  let { prevIndex: index, prevTerm: term } = message;
  for (const entry of message.entries) {
    if (entry.index !== index + 1) return 'with a gap in its entries';
    if (entry.term < term) return 'with terms that fall';
    ({ index, term } = entry);
  }
  return term > message.term ? 'ahead of its own term' : null;
}

function isEntry(value: unknown): boolean {
  if (!hasExactly(value, ['index', 'term', 'data'])) return false;
  const { index, term, data } = value;
  return isCount(index) && index > 0 && isCount(term) && (data === null || typeof data === 'string');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < NUMBER_LIMIT;
}

function isNonce(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < NONCE_LIMIT;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasExactly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return (
    isRecord(value) && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name))
  );
}
