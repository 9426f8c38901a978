import type { Entry } from '../../../src/core/messages.js';
import { applyEntry, initialState, type State } from '../state-machine.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/**
 * No two members ever apply different entries at the same index, no command is applied at two indexes, and a snapshot is the
 * state that results from the entries up to its index.
 */
export class StateMachineSafety implements Checker {
  readonly entries: (Entry | undefined)[] = [];
  /** Index at which each value was applied. */
  readonly indexOf = new Map<string, number>();
  private readonly states: State[];

  constructor(keys: number) {
    this.states = [initialState(keys)];
  }

  applied(member: MemberView, entry: Entry): void {
    const known = this.entries[entry.index];
    if (known === undefined) {
      this.entries[entry.index] = entry;
      this.note(entry);
      const before = this.states[entry.index - 1];
      if (before !== undefined) this.states[entry.index] = applyEntry(before, entry);
    } else if (known.term !== entry.term || known.data !== entry.data) {
      const detail = `${member.id} applies ${JSON.stringify(entry)} where another applied ${JSON.stringify(known)}`;
      throw new PropertyViolation('state machine safety', detail);
    }
  }

  installed(member: MemberView, state: State): void {
    const expected = this.states[state.index];
    if (expected?.term === state.term && expected.values.join() === state.values.join()) return;
    const detail = `${member.id} installs ${JSON.stringify(state)} where the entries lead to ${JSON.stringify(expected)}`;
    throw new PropertyViolation('state machine safety', detail);
  }

  private note({ index, data }: Entry): void {
    if (data === null) return;
    const earlier = this.indexOf.get(data);
    if (earlier !== undefined)
      throw new PropertyViolation('state machine safety', `${data} is applied at ${earlier} and at ${index}`);
    this.indexOf.set(data, index);
  }
}
