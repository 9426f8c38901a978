import type { MemberStatus } from '../../../src/core/replica.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** Within one incarnation of a member, its term, commit index and applied index never fall, and stay in order. */
export class CommitMonotonic implements Checker {
  private readonly last = new Map<
    number,
    { incarnation: number; term: number; commitIndex: number; appliedIndex: number }
  >();

  observed(member: MemberView, { term, commitIndex, appliedIndex, lastIndex, durableIndex }: MemberStatus): void {
    const last = this.last.get(member.id);
    if (last?.incarnation === member.incarnation) {
      const wentBack = term < last.term || commitIndex < last.commitIndex || appliedIndex < last.appliedIndex;
      if (wentBack)
        throw this.violation(
          member,
          `${JSON.stringify(last)} -> term ${term}, commit ${commitIndex}, applied ${appliedIndex}`,
        );
      last.term = term;
      last.commitIndex = commitIndex;
      last.appliedIndex = appliedIndex;
    } else this.last.set(member.id, { incarnation: member.incarnation, term, commitIndex, appliedIndex });
    const inOrder = appliedIndex <= commitIndex && commitIndex <= lastIndex && appliedIndex <= durableIndex;
    if (!inOrder)
      throw this.violation(
        member,
        `applied ${appliedIndex}, commit ${commitIndex}, durable ${durableIndex}, last ${lastIndex}`,
      );
  }

  private violation(member: MemberView, detail: string): PropertyViolation {
    return new PropertyViolation('commit monotonic', `member ${member.id}: ${detail}`);
  }
}
