import type { Replica } from '../core/replica.js';

/** Hands leadership to the most advanced of the other voters, or to the next one, if that is called off. */
export async function transferLeadership(
  core: Replica,
  pauseWhile: (isBusy: () => boolean) => Promise<void>,
  schedule: () => void,
): Promise<void> {
  const heirs = core
    .status()
    .voters.toSorted((a, b) => b.matchIndex - a.matchIndex || a.lastHeardTicks - b.lastHeardTicks);
  for (const heir of heirs) {
    if (!core.transferLeadership(heir.id)) continue;
    schedule();
    await pauseWhile(() => core.status().transferTo !== null);
  }
}
