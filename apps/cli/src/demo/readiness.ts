import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import type { System } from '../find-system.js';
import { GroupMonitor } from '../report/cluster-status.js';
import { whatIsMissing } from '../report/gateway-readiness.js';
import { gatewaysOf, type DemoInfo } from './control.messages.js';

const POLL_INTERVAL_MS = 100;
const ASK_TIMEOUT_MS = 1000;
const READY_LIMIT_MS = 30_000;

/** What is not ready yet, in words; nothing when every replica and then every gateway is. */
export async function notReadyYet(
  monitors: readonly GroupMonitor[],
  gateways: readonly { readonly name: string; readonly url: string }[],
): Promise<readonly string[]> {
  const groups = await Promise.all(monitors.map((monitor) => monitor.ask(ASK_TIMEOUT_MS)));
  const replicas = groups
    .flatMap((group) => group.members)
    .filter(({ status }) => status?.ready !== true)
    .map(({ process, problem }) => `${process} ${problem ?? 'is not ready'}`);
  // Each gateway would log that it is not ready, once per question.
  if (replicas.length > 0) return replicas;
  const missingOfGateways = await Promise.all(
    gateways.map(async ({ name, url }) => {
      const missing = await whatIsMissing(url, ASK_TIMEOUT_MS);
      return missing === undefined ? [] : [`${name}: ${missing.why}`];
    }),
  );
  return missingOfGateways.flat();
}

/** Polls until `check` finds nothing missing. Resolves to what was missing last, when the time is up. */
export async function waitForNothingMissing(
  check: () => Promise<readonly string[]>,
  timeoutMs: number,
): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const missing = await check();
    if (missing.length === 0 || performance.now() >= deadline) return missing;
    await pause(POLL_INTERVAL_MS);
  }
}

/** Waits until a demo whose processes have been started again serves. Throws an error for people when it does not. */
export async function requireReady(demo: DemoInfo, system: System): Promise<void> {
  const monitors = [
    new GroupMonitor('order', system.order, system.clusterToken),
    new GroupMonitor('catalog', system.catalog, system.clusterToken),
  ];
  const missing = await waitForNothingMissing(() => notReadyYet(monitors, gatewaysOf(demo)), READY_LIMIT_MS);
  for (const monitor of monitors) monitor.close();
  if (missing.length === 0) return;
  throw new CliError(
    `all processes run, but ${READY_LIMIT_MS / 1000} s later the system is not ready again:\n  ${missing.join('\n  ')}`,
    '`bazaar status`, and the logs in the demo’s data directory: ' + demo.dataDir,
  );
}
