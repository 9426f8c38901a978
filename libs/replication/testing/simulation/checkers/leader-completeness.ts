import type { MemberStatus } from '../../../src/core/replica.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

interface Committed {
  readonly index: number;
  readonly entryTerm: number;
  /** Term of the leader that committed it. */
  readonly term: number;
}

/** An entry committed in some term is in the log of the leader of every later term, from the start of its leadership. */
export class LeaderCompleteness implements Checker {
  /** The highest commit of each term. */
  private readonly commits = new Map<number, Committed>();
  private readonly seen = new Set<number>();

  observed(member: MemberView, { role, term, commitIndex, lastIndex }: MemberStatus): void {
    if (role !== 'leader') return;
    if (!this.seen.has(term)) {
      this.seen.add(term);
      for (const committed of this.commits.values())
        if (committed.term < term) this.check(member, term, lastIndex, committed);
    }
    const entryTerm = member.termAt(commitIndex);
    if (entryTerm !== undefined) this.commits.set(term, { index: commitIndex, entryTerm, term });
  }

  private check(member: MemberView, term: number, lastIndex: number, { index, entryTerm }: Committed): void {
    const found = member.termAt(index);
    // Undefined below the end: it was applied and deleted.
    if (index <= lastIndex && (found === undefined || found === entryTerm)) return;
    const detail = `${member.id} leads term ${term} without entry ${index} of term ${entryTerm} (it ends at ${lastIndex}, and has term ${found} there)`;
    throw new PropertyViolation('leader completeness', detail);
  }
}
