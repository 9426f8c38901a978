import type { Entry } from '../../../src/core/messages.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** No two members ever apply different entries at the same index, and no command is applied at two of them. */
export class StateMachineSafety implements Checker {
  readonly entries: (Entry | undefined)[] = [];
  /** Where each value was applied. */
  readonly indexOf = new Map<string, number>();

  applied(member: MemberView, entry: Entry): void {
    const known = this.entries[entry.index];
    if (known === undefined) {
      this.entries[entry.index] = entry;
      this.note(entry);
    } else if (known.term !== entry.term || known.data !== entry.data) {
      const detail = `${member.id} applies ${JSON.stringify(entry)} where another applied ${JSON.stringify(known)}`;
      throw new PropertyViolation('state machine safety', detail);
    }
  }

  private note({ index, data }: Entry): void {
    if (data === null) return;
    const earlier = this.indexOf.get(data);
    if (earlier !== undefined)
      throw new PropertyViolation('state machine safety', `${data} is applied at ${earlier} and at ${index}`);
    this.indexOf.set(data, index);
  }
}
