import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { EventSink } from './ports.js';

/** Work that a member does only while it leads; `signal` is aborted when its leadership ends. */
export type LeaderTask = (signal: AbortSignal) => void | Promise<void>;

/** Starts tasks when this member begins to lead, and ends them when it stops. */
export class LeaderTasks {
  private readonly ends = new Set<() => void>();

  constructor(
    private readonly leadership: Observable<{ readonly term: number; readonly isLeader: boolean }>,
    private readonly events: EventSink,
  ) {}

  /** Adds a task. Returns a function that ends it for good. */
  add(start: LeaderTask): () => void {
    let current: AbortController | undefined;
    let running = Promise.resolve();
    // Between two terms there may have been another leader, so the task starts again.
    const terms = this.leadership.pipe(
      map(({ term, isLeader }) => (isLeader ? term : null)),
      distinctUntilChanged(),
    );
    const subscription = terms.subscribe((term) => {
      current?.abort();
      if (term === null) return;
      const { signal } = (current = new AbortController());
      running = running.then(() => this.run(start, signal));
    });
    const end = (): void => {
      subscription.unsubscribe();
      current?.abort();
      this.ends.delete(end);
    };
    this.ends.add(end);
    return end;
  }

  endAll(): void {
    for (const end of [...this.ends]) end();
  }

  private async run(start: LeaderTask, signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    if (isOver()) return;
    try {
      await start(signal);
    } catch (error) {
      // A task that waits with the signal ends in an error when the signal is aborted. That is not a failure.
      if (isOver()) return;
      this.events.warn(`a task of the leader failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
