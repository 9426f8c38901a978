import type { MemberId, Message } from '../core/messages.js';
import type { Batch, Stamp } from '../ports.js';
import { isRecord, parseMessage } from './parse-messages.js';

/** The values that a batch is checked against. */
export interface ExpectedBatch {
  readonly group: string;
  readonly id: MemberId;
  readonly peers: ReadonlySet<MemberId>;
  /** The newest term that this member knows. */
  readonly term: number;
}

/** Maximum length of the id of a group or of a process, in characters. */
const MAX_ID_LENGTH = 64;
/** Maximum number of incarnations in a stamp; more than a member keeps for one peer. */
const MAX_KNOWN = 8;

/**
 * Checks a batch from the network, which may come from anybody. Drops and reports malformed messages; returns undefined for a
 * malformed batch.
 */
export function parseBatch(
  value: unknown,
  expected: ExpectedBatch,
  report: (problem: string) => void,
): Batch | undefined {
  if (!isRecord(value) || !Array.isArray(value['messages'])) report('not in a batch');
  else if (value['group'] !== expected.group) report('of another group');
  else if (value['to'] !== expected.id) report('for another member');
  else if (!expected.peers.has(value['from'] as MemberId)) report('from no member of the group');
  else if (!isStamp(value['stamp'])) report('without a stamp');
  else {
    const from = value['from'] as MemberId;
    const messages = value['messages'].flatMap((message: unknown): Message[] => {
      const parsed = parseMessage(message, { id: expected.id, from, term: expected.term });
      if ('message' in parsed) return [parsed.message];
      report(parsed.problem);
      return [];
    });
    return { from, to: expected.id, stamp: value['stamp'], messages };
  }
  return undefined;
}

function isStamp(value: unknown): value is Stamp {
  if (!isRecord(value)) return false;
  const { groupId, incarnation, knows } = value;
  return (
    (groupId === null || isId(groupId)) &&
    isId(incarnation) &&
    Array.isArray(knows) &&
    knows.length <= MAX_KNOWN &&
    knows.every(isId)
  );
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
}
