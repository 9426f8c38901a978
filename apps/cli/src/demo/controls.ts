import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import type { ExchangeClient } from '#exchange';
import type { Cluster, ManagedProcess } from './cluster.js';
import type { Action, ActionDone } from './control.messages.js';

const ASK_LEADER_TIMEOUT_MS = 1000;

/**
 * Faults by hand, the same for keys and for commands. A target is a process (`order-3`, or `3` for short, `catalog-1`), the
 * `leader`, a `follower`, a `catalog` that runs, or `dead` for all that are.
 */
export class Controls {
  constructor(
    private readonly cluster: Cluster,
    private readonly monitor: Pick<ExchangeClient, 'report'>,
  ) {}

  async perform(action: Action, target: string): Promise<ActionDone> {
    const targets = await this.resolve(action, target);
    const done: string[] = [];
    for (const { spec } of targets) done.push(await this.act(action, this.cluster.get(spec.name)));
    return { done: done.join('\n'), processes: targets.map(({ spec }) => spec.name) };
  }

  private async act(action: Action, { spec: { name }, pid, state }: ManagedProcess): Promise<string> {
    if (action !== 'restart' && state === 'dead') throw new CliError(`${name} is dead`, `bazaar restart ${name}`);
    switch (action) {
      case 'kill':
        await this.cluster.kill(name);
        return `killed ${name} (kill -9, pid ${pid})`;
      case 'pause':
        this.cluster.pause(name);
        return `paused ${name} (SIGSTOP, pid ${pid})`;
      case 'resume':
        this.cluster.resume(name);
        return `resumed ${name} (SIGCONT, pid ${pid})`;
      case 'restart': {
        await this.cluster.stop(name);
        const started = await this.cluster.start(name);
        return `${state === 'dead' ? 'started' : 'stopped (SIGTERM) and started'} ${name} (pid ${started.pid})`;
      }
      default:
        return action satisfies never;
    }
  }

  private async resolve(action: Action, target: string): Promise<readonly ManagedProcess[]> {
    const all = this.cluster.list();
    if (target === 'dead') return required(all.filter(isDead), 'nothing is dead', 'bazaar kill leader');
    if (['leader', 'follower', 'catalog'].includes(target) && action === 'resume') {
      // A paused leader leads no longer, so either name means what was paused.
      return required(all.filter(isPaused), 'nothing is paused', 'bazaar pause leader');
    }
    if (target === 'leader') return [await this.leader()];
    if (target === 'follower') return [await this.follower()];
    if (target === 'catalog')
      return required(all.filter(isRunningCatalog), 'no catalog runs', 'restart what is dead').slice(0, 1);
    const name = /^\d+$/.test(target) ? `order-${target}` : target;
    const known = all.map(({ spec }) => spec.name).join(', ');
    return required(
      all.filter(({ spec }) => spec.name === name),
      `the demo has no process ${target}`,
      `choose from ${known}, leader, follower and catalog`,
      ExitCode.Usage,
    );
  }

  private async leader(): Promise<ManagedProcess> {
    const { leader } = await this.monitor.report(ASK_LEADER_TIMEOUT_MS);
    if (leader === null) {
      throw new CliError(
        'no order replica leads at the moment',
        'look at `bazaar status`, or restart what is dead',
        ExitCode.Unavailable,
      );
    }
    return this.cluster.get(leader.process);
  }

  private async follower(): Promise<ManagedProcess> {
    const { leader } = await this.monitor.report(ASK_LEADER_TIMEOUT_MS);
    const followers = this.cluster
      .list()
      .filter(({ spec, state }) => spec.app === 'order' && state === 'running' && spec.name !== leader?.process);
    const first = required(followers, 'no follower runs', 'restart what is dead, or start with --replicas 3')[0];
    if (first === undefined) throw new RangeError('unreachable: there is at least one');
    return first;
  }
}

function isRunningCatalog({ spec, state }: ManagedProcess): boolean {
  return spec.app === 'catalog' && state === 'running';
}

function isDead({ state }: ManagedProcess): boolean {
  return state === 'dead';
}

function isPaused({ state }: ManagedProcess): boolean {
  return state === 'paused';
}

function required<T>(found: readonly T[], message: string, hint: string, exitCode?: number): readonly T[] {
  if (found.length === 0) throw new CliError(message, hint, exitCode);
  return found;
}
