import type { Entry } from '../../../src/core/messages.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/**
 * Two logs that have an entry with the same index and term are equal up to there. By induction it is enough that such entries
 * have the same content and the same predecessor.
 */
export class LogMatching implements Checker {
  private readonly known = new Map<number, { readonly data: string | null; readonly prevTerm: number }>();

  stored(member: MemberView, entries: readonly Entry[]): void {
    for (const { index, term, data } of entries) {
      const prevTerm = member.disk.termAt(index - 1);
      // The entry was replaced by a snapshot, or deleted, meanwhile.
      if (prevTerm === undefined || !member.disk.holds(index, term)) continue;
      const key = term * 2 ** 30 + index;
      const other = this.known.get(key);
      if (other === undefined) this.known.set(key, { data, prevTerm });
      else if (other.data !== data || other.prevTerm !== prevTerm) {
        const detail = `entry ${index} of term ${term} is ${other.data} after term ${other.prevTerm}, and at ${member.id} ${data} after term ${prevTerm}`;
        throw new PropertyViolation('log matching', detail);
      }
    }
  }
}
