import type { Entry, MemberId, Message } from '../../../src/core/messages.js';
import type { MemberStatus } from '../../../src/core/replica.js';
import type { Disk } from '../disk.js';
import type { Operation } from '../history.js';
import type { State } from '../state-machine.js';

/** One member as the checkers see it. */
export interface MemberView {
  readonly id: MemberId;
  /** Number of times that it has started. */
  readonly incarnation: number;
  readonly disk: Disk;
  termAt(index: number): number | undefined;
}

/** Checks one property during a run. The simulation calls the methods that a checker has. */
export interface Checker {
  /** Called after every input of a member. */
  observed?(member: MemberView, status: MemberStatus): void;
  sent?(message: Message): void;
  /** Called when entries became durable at a member. */
  stored?(member: MemberView, entries: readonly Entry[]): void;
  applied?(member: MemberView, entry: Entry): void;
  /** Called when a snapshot has replaced the member's state. */
  installed?(member: MemberView, state: State): void;
  restarted?(member: MemberView): void;
  completed?(operation: Operation): void;
  /** Called at the end of the run. */
  ended?(): void;
}

export class PropertyViolation extends Error {
  override readonly name = 'PropertyViolation';

  constructor(
    readonly property: string,
    detail: string,
  ) {
    super(`${property}: ${detail}`);
  }
}
