import { setImmediate } from 'node:timers/promises';
import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LeaderTasks } from './leader-tasks.js';

function create(): {
  leadership: BehaviorSubject<{ term: number; isLeader: boolean }>;
  tasks: LeaderTasks;
  warnings: string[];
} {
  const leadership = new BehaviorSubject({ term: 1, isLeader: false });
  const warnings: string[] = [];
  const tasks = new LeaderTasks(leadership, { log: () => undefined, warn: (line) => warnings.push(line) });
  return { leadership, tasks, warnings };
}

describe('a task of the leader', () => {
  it('begins with leadership and ends with it', async () => {
    const { leadership, tasks } = create();
    const signals: AbortSignal[] = [];
    tasks.add((signal) => void signals.push(signal));
    await setImmediate();
    expect(signals).toEqual([]);
    leadership.next({ term: 2, isLeader: true });
    leadership.next({ term: 2, isLeader: true });
    await setImmediate();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    leadership.next({ term: 3, isLeader: false });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    leadership.next({ term: 4, isLeader: true });
    await setImmediate();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('never runs twice at once: the next run waits for the end of the last, and is skipped if that is too late', async () => {
    const { leadership, tasks } = create();
    const ends: (() => void)[] = [];
    tasks.add(() => new Promise((end) => ends.push(end)));
    for (const term of [2, 4, 6]) leadership.next({ term, isLeader: true });
    await setImmediate();
    // The runs for terms 2 and 4 were over before they could begin.
    expect(ends).toHaveLength(1);
    leadership.next({ term: 8, isLeader: true });
    await setImmediate();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await setImmediate();
    expect(ends).toHaveLength(2);
  });

  it('is reported when it fails, and starts again with the next leadership', async () => {
    const { leadership, tasks, warnings } = create();
    let runs = 0;
    tasks.add(() => {
      runs += 1;
      throw new Error('no luck');
    });
    leadership.next({ term: 2, isLeader: true });
    await setImmediate();
    leadership.next({ term: 3, isLeader: false });
    leadership.next({ term: 4, isLeader: true });
    await setImmediate();
    expect([runs, warnings]).toEqual([
      2,
      ['a task of the leader failed: no luck', 'a task of the leader failed: no luck'],
    ]);
  });

  it('may end in an error when its signal is aborted', async () => {
    const { leadership, tasks, warnings } = create();
    tasks.add(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('over')))),
    );
    leadership.next({ term: 2, isLeader: true });
    await setImmediate();
    tasks.endAll();
    await setImmediate();
    expect(warnings).toEqual([]);
    expect(leadership.observed).toBe(false);
  });
});
