import type { Entry } from '../src/core/messages.js';
import type { Page } from '../src/state-machine.js';

/** Detects a state machine that is not deterministic: it uses a clock or randomness, or leaves a table out of its snapshot. */
export class Determinism {
  private readonly results = new Map<number, { readonly text: string; readonly member: number }>();

  /** Must be called with each result on each member, also if an entry is applied again after a restart. */
  compareResult(member: number, { index, data }: Entry, result: unknown): void {
    const text = (JSON.stringify(result) as string | undefined) ?? 'undefined';
    const first = this.results.get(index);
    if (!first) this.results.set(index, { text, member });
    else if (first.text !== text) {
      throw new Error(
        `the state machine is not deterministic: entry ${index} (${data}) gave ${first.text} on member ${first.member} and ${text} on member ${member}`,
      );
    }
  }

  compareStates(states: ReadonlyMap<number, readonly Page[]>): void {
    const [first, ...others] = states;
    if (!first) return;
    const [member, pages] = first;
    for (const [other, otherPages] of others) {
      const page = firstDifference(pages, otherPages);
      if (page === null) continue;
      throw new Error(
        `members ${member} and ${other} applied the same entries and differ in page ${page} of their state: ` +
          `${JSON.stringify(pages[page])} and ${JSON.stringify(otherPages[page])}`,
      );
    }
  }
}

/** Returns the number of the first page that differs; null if none does. */
function firstDifference(a: readonly Page[], b: readonly Page[]): number | null {
  const length = Math.max(a.length, b.length);
  for (let page = 0; page < length; page += 1) {
    if (JSON.stringify(a[page]) !== JSON.stringify(b[page])) return page;
  }
  return null;
}
