import type { Replica } from '../core/replica.js';

/** Transfers leadership to the most advanced other voter, or to the next one if that transfer is aborted. */
export async function transferLeadership(
  core: Replica,
  pauseWhile: (isBusy: () => boolean) => Promise<void>,
  schedule: () => void,
): Promise<void> {
  const targets = core
    .status()
    .voters.toSorted((a, b) => b.matchIndex - a.matchIndex || a.lastContactTicks - b.lastContactTicks);
  for (const target of targets) {
    if (!core.transferLeadership(target.id)) continue;
    schedule();
    await pauseWhile(() => core.status().transferTo !== null);
  }
}
