import type { Operation } from '../history.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** After a majority has healed, all requests are answered: each client completes a write and a read within the time limit. */
export class ProgressAfterHealing implements Checker {
  private healedAt = Infinity;
  private readonly served = new Set<string>();

  constructor(private readonly clients: number) {}

  healed(now: number): void {
    this.healedAt = now;
  }

  completed({ outcome, invokedAt, client, kind, isLocal }: Operation): void {
    if (outcome !== 'done' || invokedAt < this.healedAt) return;
    this.served.add(`client ${client}, ${isLocal ? 'local read' : kind}`);
  }

  /** Called at the time limit. */
  limitReached(hasLearner: boolean): void {
    for (let client = 0; client < this.clients; client += 1)
      for (const kind of hasLearner ? ['read', 'write', 'local read'] : ['read', 'write'])
        if (!this.served.has(`client ${client}, ${kind}`))
          throw new PropertyViolation(
            'progress after healing',
            `client ${client} got no ${kind} done, only: ${[...this.served].join('; ')}`,
          );
  }

  /** All members have healed, so members with amnesia must have recovered. */
  remembered(voters: readonly MemberView[]): void {
    const forgetful = voters.filter(({ disk }) => disk.isForgetful).map(({ id }) => id);
    if (forgetful.length === 0) return;
    throw new PropertyViolation('progress after healing', `all are healed, but ${forgetful.join(', ')} may not vote`);
  }

  /**
   * After a period without requests, each healed member has applied everything that any of them had applied `before`, or has at
   * least made progress (with one entry per message it may take longer).
   */
  converged(before: readonly number[], after: readonly number[]): void {
    const target = Math.max(...before);
    const isStuck = after.some((index, member) => index < target && index === before[member]);
    if (!isStuck) return;
    const detail = `healed members had applied up to ${before.join(', ')}, and seconds later up to ${after.join(', ')}`;
    throw new PropertyViolation('progress after healing', detail);
  }
}
