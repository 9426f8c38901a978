import type { Ready } from '../core/ready.js';
import { Pending } from './pending.js';

type ProvenRead = Ready['reads'][number];

/** Pending linearizable reads. Each waits until leadership is proven, and then until its index is applied. */
export class ReadsUnderWay extends Pending<number, undefined> {
  private proven: ProvenRead[] = [];
  private lastId = 0;

  nextId(): number {
    return ++this.lastId;
  }

  /** Adds reads for which leadership is proven, and resolves those whose index is applied. */
  advance(proven: readonly ProvenRead[], appliedIndex: number): void {
    this.proven.push(...proven);
    for (const { id, index } of this.proven) if (index <= appliedIndex) this.resolve(id, undefined);
    this.proven = this.proven.filter(({ index }) => index > appliedIndex);
  }
}
