import type { Operation } from '../history.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** After a majority was healed, everything is answered: each client gets a write and a read done within the limit. */
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

  /** The limit is reached. */
  limitReached(hasLearner: boolean): void {
    for (let client = 0; client < this.clients; client += 1)
      for (const kind of hasLearner ? ['read', 'write', 'local read'] : ['read', 'write'])
        if (!this.served.has(`client ${client}, ${kind}`))
          throw new PropertyViolation(
            'progress after healing',
            `client ${client} got no ${kind} done, only: ${[...this.served].join('; ')}`,
          );
  }

  /** Everybody was healed, so whoever had amnesia has recovered. */
  remembered(voters: readonly MemberView[]): void {
    const forgetful = voters.filter(({ disk }) => disk.isForgetful).map(({ id }) => id);
    if (forgetful.length === 0) return;
    throw new PropertyViolation('progress after healing', `all are healed, but ${forgetful.join(', ')} may not vote`);
  }

  /**
   * Clients have been silent for a while: each healed member has applied what any of them had applied `before`, or is
   * at least on its way there (with one entry in each message that can take longer).
   */
  converged(before: readonly number[], after: readonly number[]): void {
    const target = Math.max(...before);
    const isStuck = after.some((index, member) => index < target && index === before[member]);
    if (!isStuck) return;
    const detail = `healed members had applied up to ${before.join(', ')}, and seconds later up to ${after.join(', ')}`;
    throw new PropertyViolation('progress after healing', detail);
  }
}
