import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { findDemo, tellDemo } from '../demo/control-client.js';
import { planFaults, stepsOf, type Step } from './fault-plan.js';

export interface ChaosOptions {
  readonly port: number;
  readonly seed: number;
  readonly durationMs: number;
  readonly processes: readonly string[];
  /** One line for each thing that was done. */
  readonly tell: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** The result of a run of faults. */
export interface ChaosReport {
  readonly seed: number;
  readonly faults: number;
  /** Processes that ended by themselves, and faults that could not be inflicted. */
  readonly surprises: readonly string[];
}

/** Faults on a running demo, by plan. However it ends, every process of the demo runs afterwards, if the demo does. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, processes, signal } = options;
  const steps = stepsOf(planFaults(seed, durationMs, processes));
  const surprises: string[] = [];
  const startedAt = performance.now();
  let faults = 0;
  try {
    for (const step of steps) {
      if (!(await waitUntil(startedAt + step.atMs, signal))) break;
      const surprise = await take(step, startedAt, options);
      if (surprise !== undefined) surprises.push(surprise);
      else if (isFault(step, steps)) faults += 1;
    }
    await waitUntil(startedAt + durationMs, signal);
  } finally {
    await mendAll(options);
  }
  return { seed, faults, surprises };
}

/** Resolves to what was unexpected, if anything was. */
async function take(step: Step, startedAt: number, { port, tell }: ChaosOptions): Promise<string | undefined> {
  const at = `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  try {
    const { done } = await tellDemo(port, { action: step.action, target: step.process });
    tell(`${at}  ${done}`);
    return undefined;
  } catch (error) {
    // Without the demo there is nothing to go on with.
    if (!(error instanceof CliError) || (await findDemo(port)) === undefined) throw error;
    const surprise = `${step.action} ${step.process}: ${error.message}`;
    tell(`${at}  could not ${surprise}`);
    return surprise;
  }
}

/** A restart is a fault of its own, unless it mends a kill. */
function isFault(step: Step, steps: readonly Step[]): boolean {
  if (step.action !== 'restart') return step.action !== 'resume';
  const before = steps.slice(0, steps.indexOf(step)).findLast(({ process }) => process === step.process);
  return before?.action !== 'kill';
}

/** Restarts what is dead and resumes what is paused. */
async function mendAll({ port, tell }: ChaosOptions): Promise<void> {
  const demo = await findDemo(port);
  for (const { name, state } of demo?.processes ?? []) {
    if (state === 'running') continue;
    const { done } = await tellDemo(port, { action: state === 'paused' ? 'resume' : 'restart', target: name });
    tell(`   end    ${done}`);
  }
}

/** False when the run is to end. */
async function waitUntil(timeMs: number, signal: AbortSignal): Promise<boolean> {
  await pause(Math.max(0, timeMs - performance.now()), undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
