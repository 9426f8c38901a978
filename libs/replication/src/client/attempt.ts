import type { MemberAddress } from '../errors.js';

/** The result of one request to one member. */
export type Attempt<T> = { readonly answer: T } | FailedAttempt;

export type FailedAttempt =
  /** The member answered with an error of the application. */
  | { readonly failed: 'answered'; readonly error: unknown; readonly why: string }
  /** The member answered that it does not lead. Not executed. */
  | { readonly failed: 'notLeader'; readonly leader: MemberAddress | null; readonly why: string }
  /** The member belongs to another group. Not executed. */
  | { readonly failed: 'foreign'; readonly why: string }
  /** The request was never sent: certainly not executed. */
  | { readonly failed: 'refused'; readonly why: string }
  /** The request was sent, and no answer arrived. */
  | { readonly failed: 'unknown'; readonly why: string };

/** Returns the result for a member that stays silent. */
export function silence(timeoutMs: number): FailedAttempt {
  return { failed: 'unknown', why: `gave no answer in ${timeoutMs} ms` };
}
