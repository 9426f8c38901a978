import { setTimeout as pause } from 'node:timers/promises';
import { NetworkFailure } from '#harness';
import { CliError, unreachable } from '../cli-error.js';
import { tellDemo } from '../demo/control-client.js';
import { verifyRun, type Verification } from '../verify/verify-run.js';
import type { Throughput } from '../workload/throughput.js';
import {
  driveRun,
  prepareRun,
  runWorkload,
  type PreparedRun,
  type WorkloadOptions,
  type WorkloadRun,
} from '../workload/workload.js';
import { LeaderWatch, type LeaderChange } from './leader-watch.js';
import { ProgressLine } from './progress-line.js';

/** Code that has just been loaded is slow; that is not what a benchmark is to show. */
const WARM_UP_MS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;

export interface BenchOptions {
  /** The gateway under load. */
  readonly url: string;
  readonly durationMs: number;
  readonly connections: number;
  readonly prob: number;
  /** When to kill the leader of the order replicas of the demo with this gateway; never without it. */
  readonly killLeaderAtMs?: number;
  /** Whether to ask for every acknowledged trade afterwards. */
  readonly verify: boolean;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** One line for each thing that was done. */
  readonly tell: (line: string) => void;
}

/** A load that is over, and what was seen meanwhile. */
export interface BenchRun {
  readonly run: WorkloadRun;
  readonly leaderChanges: readonly LeaderChange[];
  /** The process that was killed; it runs again. */
  readonly killed: string | null;
  /** Since the start of the run, when it was killed; null when none was. */
  readonly killedAtMs: number | null;
  /** Null when nothing was compared. */
  readonly verification: Verification | null;
  /** How much of one processor this client has used. Near 1 it, and not the exchange, sets the pace. */
  readonly clientLoad: number;
  /** While requests were made; without the time in which the last ones were waited for. */
  readonly throughput: Throughput;
}

/** Throws an error for people when the exchange can't be reached at all. */
export async function runBench(options: BenchOptions): Promise<BenchRun> {
  const workload = workloadOf(options);
  const prepared = await prepare(options, workload);
  const watch = new LeaderWatch(options.url);
  const startedAt = performance.now();
  const loaded = await load(prepared, workload, watch, options).finally(() => watch.stop());
  const verification = options.verify ? await compare(loaded.run, options) : null;
  prepared.exchange.http.close();
  const tradedAt = loaded.run.ledger.kept.map(({ answeredAt }) => answeredAt);
  const { killedAt, ...others } = loaded;
  return {
    ...others,
    killedAtMs: killedAt === null ? null : Math.round(killedAt - startedAt),
    leaderChanges: watch.changes(startedAt, tradedAt),
    verification,
  };
}

type Loaded = Pick<BenchRun, 'run' | 'killed' | 'clientLoad' | 'throughput'> & { readonly killedAt: number | null };

async function load(
  prepared: PreparedRun,
  workload: WorkloadOptions,
  watch: LeaderWatch,
  options: BenchOptions,
): Promise<Loaded> {
  const { durationMs, signal } = options;
  const progress = new ProgressLine(prepared, durationMs, () => `order-${watch.leaderId ?? '?'} leads`);
  const cpuBefore = process.cpuUsage();
  const driven = driveRun(prepared, { ...workload, mayGoOn: during(durationMs, signal) }).then((run) => {
    progress.end();
    const { user, system } = process.cpuUsage(cpuBefore);
    const throughput = run.tally.throughput.first(Math.min(durationMs, run.elapsedMs));
    return { run, throughput, clientLoad: (user + system) / 1000 / run.elapsedMs };
  });
  try {
    const [loaded, kill] = await Promise.all([driven, killLeader(watch, options)]);
    return { ...loaded, killed: kill?.name ?? null, killedAt: kill?.at ?? null };
  } finally {
    progress.end();
  }
}

async function prepare({ url, signal }: BenchOptions, workload: WorkloadOptions): Promise<PreparedRun> {
  try {
    const warmUp = await runWorkload({ ...workload, mayGoOn: during(WARM_UP_MS, signal) });
    warmUp.exchange.http.close();
    return await prepareRun(workload);
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    throw unreachable(url, error.message);
  }
}

/** Returns a function that is true until the time is over or the signal is given. */
function during(durationMs: number, signal: AbortSignal): () => boolean {
  const until = performance.now() + durationMs;
  return () => !signal.aborted && performance.now() < until;
}

function workloadOf({ url, connections, prob }: BenchOptions): WorkloadOptions {
  return {
    url,
    connections,
    prob,
    requests: Infinity,
    seed: Math.floor(Math.random() * 2 ** 32),
    invalid: 0,
    timeoutMs: REQUEST_TIMEOUT_MS,
    trace: () => undefined,
  };
}

/** Resolves to the process that was killed, and when; it is started again when the load is over. */
async function killLeader(
  watch: LeaderWatch,
  { url, durationMs, killLeaderAtMs, signal, tell }: BenchOptions,
): Promise<{ readonly name: string; readonly at: number } | null> {
  if (killLeaderAtMs === undefined) return null;
  const endsAt = performance.now() + durationMs;
  const isEarly = await pause(killLeaderAtMs, false, { signal }).catch(() => true);
  if (isEarly) return null;
  if (watch.leaderId === undefined) throw new CliError('no order replica leads, so none was killed', '`bazaar status`');
  const [port, target] = [Number(new URL(url).port), String(watch.leaderId)];
  const at = performance.now();
  tell((await tellDemo(port, { action: 'kill', target })).done);
  await pause(endsAt - performance.now(), undefined, { signal }).catch(() => undefined);
  tell((await tellDemo(port, { action: 'restart', target })).done);
  return { name: `order-${target}`, at };
}

async function compare(run: WorkloadRun, { connections, tell }: BenchOptions): Promise<Verification> {
  tell(`comparing ${run.ledger.kept.length} acknowledged orders with the record …`);
  return verifyRun(run, connections);
}
