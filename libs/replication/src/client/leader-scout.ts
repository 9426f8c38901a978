import { STATUS_PATTERN, type ReplicaStatus } from '../replica-status.js';
import type { MemberConnection } from './member-connection.js';

/** Silence after which a voter may be frozen and the others are asked who leads, in milliseconds. */
const SILENCE_MS = 100;
/** Interval between rounds of such questions, in milliseconds. */
const ASK_AGAIN_MS = 50;
/** Timeout of one such question, in milliseconds. */
const ASK_TIMEOUT_MS = 300;

/** A call that waits for the answer of one member. */
interface Wait {
  readonly position: number;
  readonly startedAt: number;
  readonly moved: (leader: number) => void;
}

/**
 * Detects that leadership has moved while calls still wait for the old leader. A frozen member keeps its connections, so only
 * its silence shows; without a scout, each call would have to wait for its own timeout.
 */
export class LeaderScout {
  private readonly waits = new Set<Wait>();
  private timer: NodeJS.Timeout | undefined;
  /** The newest term whose leader was seen. A leader of an older term was deposed without noticing it yet. */
  private newestTerm = 0;

  /** @param onMoved called with the position of each leader found */
  constructor(
    private readonly voters: readonly MemberConnection[],
    private readonly onMoved: (leader: number) => void,
  ) {}

  /**
   * Calls `moved` with the position of another leader as soon as one is known. Returns a function that ends the watch.
   */
  watch(position: number, moved: (leader: number) => void): () => void {
    const wait: Wait = { position, startedAt: performance.now(), moved };
    this.waits.add(wait);
    this.timer ??= setInterval(() => this.look(), ASK_AGAIN_MS).unref();
    return () => this.forget(wait);
  }

  private forget(wait: Wait): void {
    this.waits.delete(wait);
    if (this.waits.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Asks every voter except the silent ones. */
  private look(): void {
    const impatientSince = performance.now() - SILENCE_MS;
    const silent = new Set(
      [...this.waits].filter((wait) => wait.startedAt < impatientSince).map((wait) => wait.position),
    );
    if (silent.size === 0) return;
    for (const [position, voter] of this.voters.entries()) if (!silent.has(position)) void this.ask(position, voter);
  }

  private async ask(position: number, voter: MemberConnection): Promise<void> {
    const result = await voter.send<ReplicaStatus>(STATUS_PATTERN, {}, ASK_TIMEOUT_MS);
    if (!('answer' in result)) return;
    const { role, ready, term } = result.answer;
    if (role !== 'leader' || !ready || term < this.newestTerm) return;
    this.newestTerm = term;
    this.onMoved(position);
    for (const wait of this.waits) if (wait.position !== position) wait.moved(position);
  }
}
