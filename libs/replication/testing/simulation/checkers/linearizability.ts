import type { Operation } from '../history.js';
import { PropertyViolation, type Checker } from './checker.js';
import type { StateMachineSafety } from './state-machine-safety.js';

/**
 * Client histories look as if each operation happened at one instant between its request and its answer. The log defines the
 * order of writes, and values are unique, so for each key it is enough to sweep through time and compare positions: no operation
 * that begins after another has ended may precede it, and no read may see a write that was not requested yet.
 */
export class Linearizability implements Checker {
  private readonly operations: Operation[] = [];

  constructor(private readonly log: StateMachineSafety) {}

  completed(operation: Operation): void {
    this.operations.push(operation);
  }

  ended(): void {
    const done = this.operations.filter(({ outcome }) => outcome === 'done');
    for (const operation of this.operations) this.checkOutcome(operation);
    for (const key of new Set(done.map((operation) => operation.key)))
      this.checkKey(done.filter((operation) => operation.key === key));
  }

  /** Checks that an acknowledged write is in the log, and a refused write is not. */
  private checkOutcome(operation: Operation): void {
    if (operation.kind !== 'write') return;
    const isThere = this.log.indexOf.has(commandOf(operation));
    if (operation.outcome === 'done' && !isThere) throw violation('an acknowledged write is lost', operation);
    if (operation.outcome === 'refused' && isThere) throw violation('a refused write was executed', operation);
  }

  private checkKey(done: readonly Operation[]): void {
    const starts = [...done].sort((a, b) => a.invokedAt - b.invokedAt);
    const ends = [...done].sort((a, b) => a.completedAt - b.completedAt);
    // The latest position known for certain before the time of the sweep.
    let latest: Operation | undefined;
    let next = 0;
    for (const operation of starts) {
      for (let end = ends[next]; end !== undefined && end.completedAt < operation.invokedAt; end = ends[(next += 1)]) {
        if (latest === undefined || this.positionOf(end) > this.positionOf(latest)) latest = end;
      }
      if (latest === undefined) continue;
      const [here, before] = [this.positionOf(operation), this.positionOf(latest)];
      const fits = operation.kind === 'write' ? here > before : here >= before;
      if (!fits)
        throw violation(
          `position ${here}, though position ${before} was answered before (${JSON.stringify(latest)})`,
          operation,
        );
    }
    for (const operation of done) this.checkNotFromTheFuture(operation);
  }

  private readonly askedAt = new Map<string, number>();

  private checkNotFromTheFuture(operation: Operation): void {
    if (this.askedAt.size === 0)
      for (const write of this.operations)
        if (write.kind === 'write') this.askedAt.set(commandOf(write), write.invokedAt);
    if (operation.kind !== 'read' || operation.value === '') return;
    const asked = this.askedAt.get(commandOf(operation));
    if (asked === undefined || asked > operation.completedAt)
      throw violation('a read saw what nobody had written', operation);
  }

  private positionOf(operation: Operation): number {
    return operation.value === '' ? 0 : (this.log.indexOf.get(commandOf(operation)) ?? Infinity);
  }
}

function commandOf({ key, value }: Operation): string {
  return `${key}:${value}`;
}

function violation(detail: string, operation: Operation): PropertyViolation {
  return new PropertyViolation('linearizability', `${detail}: ${JSON.stringify(operation)}`);
}
