import type { MemberStatus } from '../../../src/core/replica.js';
import { PropertyViolation, type Checker, type MemberView } from './checker.js';

/** Checks that an entry is on the disks of a majority when a leader commits it, not in memory or being written. */
export class Durability implements Checker {
  private readonly commits = new Map<number, number>();

  constructor(private readonly voters: readonly MemberView[]) {}

  observed(leader: MemberView, { role, term, commitIndex }: MemberStatus): void {
    if (role !== 'leader' || (this.commits.get(term) ?? 0) >= commitIndex) return;
    this.commits.set(term, commitIndex);
    const entryTerm = leader.termAt(commitIndex);
    if (entryTerm !== term) return;
    // A lost disk may have held it; therefore the protocol keeps its owner from voting.
    const holders = this.voters
      .filter(({ disk }) => disk.isForgetful || disk.holds(commitIndex, entryTerm))
      .map(({ id }) => id);
    if (holders.length * 2 > this.voters.length) return;
    const detail = `${leader.id} committed entry ${commitIndex} of term ${term}, which is durable only on ${JSON.stringify(holders)}`;
    throw new PropertyViolation('durability', detail);
  }
}
