import type { MemberId } from '../../../src/core/messages.js';
import type { MemberStatus } from '../../../src/core/replica.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** At most one member leads in a term. */
export class ElectionSafety implements Checker {
  private readonly leaders = new Map<number, MemberId>();

  observed(member: MemberView, { role, term }: MemberStatus): void {
    if (role !== 'leader') return;
    const known = this.leaders.get(term) ?? member.id;
    if (known !== member.id)
      throw new PropertyViolation('election safety', `${known} and ${member.id} lead term ${term}`);
    this.leaders.set(term, member.id);
  }
}
