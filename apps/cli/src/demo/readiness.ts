import { setTimeout as pause } from 'node:timers/promises';
import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import type { System } from '../find-system.js';
import { hasQuorum, ExchangeClient, type MemberReport } from '#exchange';
import { exchangeClientOf } from '../exchange-client.js';
import { whatIsMissing, type NotReady } from '../status/gateway-readiness.js';
import { gatewaysOf, type DemoInfo } from './control.messages.js';
import { logFileOf } from './log-view.js';

const POLL_INTERVAL_MS = 100;
const ASK_TIMEOUT_MS = 1000;
const READY_LIMIT_MS = 30_000;
/** How long a process that is ready itself waits for the rest of the system to be so, in milliseconds. */
const OTHERS_LIMIT_MS = 5000;

/** Lists what is not ready yet, in words: first the members, and once all of them are, the gateways. */
export async function notReadyYet(
  monitor: ExchangeClient,
  gateways: readonly { readonly name: string; readonly url: string }[],
): Promise<readonly string[]> {
  const members = whoIsNotReady((await monitor.report(ASK_TIMEOUT_MS)).members);
  // Each gateway would log that it is not ready, once per question.
  return members.length > 0 ? members : (await whichAreNotReady(gateways)).map(({ why }) => why);
}

function whoIsNotReady(members: readonly MemberReport[]): readonly string[] {
  return members
    .filter(({ status }) => status?.ready !== true)
    .map(({ process, problem }) => `${process} ${problem ?? 'is not ready'}`);
}

/** Those gateways that are not ready, and why, with their names. */
async function whichAreNotReady(
  gateways: readonly { readonly name: string; readonly url: string }[],
): Promise<readonly (NotReady & { readonly name: string })[]> {
  const found = await Promise.all(
    gateways.map(async ({ name, url }) => {
      const notReady = await whatIsMissing(url, ASK_TIMEOUT_MS);
      return notReady === undefined ? [] : [{ ...notReady, name, why: `${name}: ${notReady.why}` }];
    }),
  );
  return found.flat();
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
  const monitor = exchangeClientOf(system);
  const missing = await waitForNothingMissing(() => notReadyYet(monitor, gatewaysOf(demo)), READY_LIMIT_MS);
  monitor.close();
  if (missing.length === 0) return;
  throw new CliError(
    `all processes run, but ${READY_LIMIT_MS / 1000} s later the system is not ready again:\n  ${missing.join('\n  ')}`,
    '`bazaar status`, and the logs in the demo’s data directory: ' + demo.dataDir,
  );
}

/**
 * Waits until processes that have just been started serve. Resolves to what is still missing when it is not up to them:
 * there is no quorum yet, or something else keeps the system from being ready. Throws an error for people when
 * they end, or take too long.
 */
export async function requireRestarted(
  names: readonly string[],
  info: () => Promise<DemoInfo>,
  system: System,
): Promise<readonly string[]> {
  const monitor = exchangeClientOf(system);
  const startedAt = performance.now();
  try {
    for (;;) {
      const { missing, isUpToOthers, mayBecomeReady } = await lookAt(names, await info(), monitor);
      const elapsedMs = performance.now() - startedAt;
      if (missing.length === 0 || !mayBecomeReady || (isUpToOthers && elapsedMs >= OTHERS_LIMIT_MS)) return missing;
      if (elapsedMs >= READY_LIMIT_MS) {
        throw new CliError(
          `started, but not ready ${READY_LIMIT_MS / 1000} s later:\n  ${missing.join('\n  ')}`,
          '`bazaar status` shows which processes are up',
          ExitCode.Unavailable,
        );
      }
      await pause(POLL_INTERVAL_MS);
    }
  } finally {
    monitor.close();
  }
}

async function lookAt(
  names: readonly string[],
  demo: DemoInfo,
  monitor: ExchangeClient,
): Promise<{
  readonly missing: readonly string[];
  readonly isUpToOthers: boolean;
  readonly mayBecomeReady: boolean;
}> {
  const ended = demo.processes.find(({ name, state }) => names.includes(name) && state === 'dead');
  if (ended !== undefined)
    throw new CliError(`${ended.name} ended right after its start`, `its log: ${logFileOf(demo.dataDir, ended.name)}`);
  const report = await monitor.report(ASK_TIMEOUT_MS);
  const members = report.members.filter(({ process }) => names.includes(process));
  const notReady = whoIsNotReady(members);
  const running = demo.processes.filter(({ state }) => state === 'running').map(({ name }) => name);
  // Each gateway would log that it is not ready, once per question.
  const asked = notReady.length > 0 ? [] : gatewaysOf(demo).filter(({ name }) => running.includes(name));
  const gateways = await whichAreNotReady(asked);
  const own = [
    ...notReady,
    ...gateways.filter(({ name, hasAnswered }) => names.includes(name) && !hasAnswered).map(({ why }) => why),
  ];
  // A new follower is of use only when there is somebody to follow.
  const leaderless = report.leader === null ? ['no order replica leads'] : [];
  return {
    missing: [...new Set([...own, ...leaderless, ...gateways.map(({ why }) => why)])],
    isUpToOthers: own.length === 0,
    mayBecomeReady: hasQuorum(report) || members.some(({ status }) => status === null),
  };
}
