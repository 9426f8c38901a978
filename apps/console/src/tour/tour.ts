import type { Demo } from '../demo/demo';
import type { Live } from '../live';
import type { Scenario } from './scenarios';
import { Stage, type Step } from './stage';

/** One performance of a scenario. */
export interface Run {
  readonly steps: readonly Step[];
  outcome: 'underWay' | 'passed' | 'failed' | 'stopped';
}

/** Runs scenarios on the demo, one at a time. Whatever happens, all processes run afterwards. */
export class Tour {
  readonly runs = new Map<Scenario, Run>();
  private stopping: AbortController | undefined;

  constructor(
    private readonly demo: Demo,
    private readonly live: Live,
    private readonly changed: () => void,
  ) {}

  get isUnderWay(): boolean {
    return this.stopping !== undefined;
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** Never rejects. Ends early when it is stopped, or when a scenario has failed. */
  async play(scenarios: readonly Scenario[]): Promise<void> {
    if (this.isUnderWay) return;
    const stopping = (this.stopping = new AbortController());
    // Closed in the middle, the page leaves the demo as it was, too.
    const leave = (): void => this.demo.putBackBlindly();
    window.addEventListener('pagehide', leave);
    for (const scenario of scenarios) this.runs.delete(scenario);
    for (const scenario of scenarios) {
      const run = await this.playOne(scenario, stopping.signal);
      if (run.outcome !== 'passed') break;
    }
    window.removeEventListener('pagehide', leave);
    this.stopping = undefined;
    this.changed();
  }

  private async playOne(scenario: Scenario, signal: AbortSignal): Promise<Run> {
    const stage = new Stage(this.demo, this.live, signal, this.changed);
    const run: Run = { steps: stage.steps, outcome: 'underWay' };
    this.runs.set(scenario, run);
    let isRight = await succeeds(scenario.play(stage));
    // Not to be stopped: it leaves the demo as it was.
    const end = new Stage(this.demo, this.live, new AbortController().signal, this.changed, stage.steps);
    isRight = (await succeeds(this.putBack(end))) && isRight;
    isRight = (await succeeds(this.prove(end))) && isRight;
    run.outcome = signal.aborted ? 'stopped' : isRight ? 'passed' : 'failed';
    this.changed();
    return run;
  }

  /** Somebody else may do something to the demo meanwhile: what fails is tried once more, with what the demo says then. */
  private async putBack(stage: Stage): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt++) {
      await this.demo.refresh();
      if (this.demo.load !== 'off') await succeeds(stage.turnLoad('off'));
      for (const { name, state } of this.demo.processes) {
        if (state === 'paused') await succeeds(stage.resume(name));
        if (state === 'dead') await succeeds(stage.start(name));
      }
    }
    await stage.ready();
  }

  private prove(stage: Stage): Promise<void> {
    return stage.step('Verify every trade at every process', async (show) => {
      const { passed, text } = await this.demo.verify();
      show(text);
      if (!passed) throw new Error(text);
    });
  }
}

/** A step that has failed shows why. */
function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
