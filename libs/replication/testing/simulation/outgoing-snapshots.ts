import type { MemberId } from '../../src/core/messages.js';
import type { Random } from './random.js';
import type { State } from './state-machine.js';

/** Behaves like a real shell: page 0 opens a snapshot, and only its next page, or the last one again, can be read. */
export class OutgoingSnapshots {
  private readonly open = new Map<MemberId, { readonly state: State; readonly page: number }>();

  constructor(private readonly random: Random) {}

  /** Returns the state of the page's snapshot; undefined if the snapshot is gone. */
  read(to: MemberId, page: number, present: State): State | undefined {
    const open = page === 0 ? { state: present, page: 0 } : this.open.get(to);
    if (open === undefined || page < open.page || page > open.page + 1) return undefined;
    // Occasionally it has lost the open snapshot, or continues with a later state, which the follower must detect.
    if (page > 0 && this.random.chance(0.05)) {
      this.open.delete(to);
      return undefined;
    }
    const state = page > 0 && this.random.chance(0.05) ? present : open.state;
    this.open.set(to, { state, page });
    return state;
  }

  clear(): void {
    this.open.clear();
  }
}
