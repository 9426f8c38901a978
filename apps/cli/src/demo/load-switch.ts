import { loadWords, STEADY, SteadyLoad, type Pace } from '../workload/steady-load.js';
import type { Load } from './control.messages.js';

const PACES: Record<Exclude<Load, 'off'>, Pace> = { steady: STEADY, full: { clients: 32, thinkTimeMs: 0 } };

/** The load of a demo. It says when it changes, and what came of it. */
export class LoadSwitch {
  private running: { readonly load: SteadyLoad; readonly name: Load } | undefined;
  private last: Promise<void> = Promise.resolve();
  /** Under way, or waiting for the last one. */
  private changes = 0;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly tell: (line: string) => void,
  ) {}

  get position(): Load {
    return this.running?.name ?? 'off';
  }

  /** Turns it on or off. What comes while it is turning comes too early to be meant. */
  toggle(): Promise<void> {
    if (this.changes > 0) return Promise.resolve();
    return this.turn(this.running ? 'off' : 'steady');
  }

  /** One change after the other: a load that began during a change could not be stopped. */
  turn(to: Load): Promise<void> {
    this.changes += 1;
    const turned = this.last.then(() => this.change(to)).finally(() => (this.changes -= 1));
    this.last = turned.catch(() => undefined);
    return turned;
  }

  /** Something was done to the system, or befell it, that may hold up trades. */
  expectGap(): void {
    this.running?.load.expectGap();
  }

  private async change(to: Load): Promise<void> {
    const { running } = this;
    if (to === this.position) return;
    this.running = undefined;
    if (running) this.tell(`load off: ${loadWords(await running.load.stop())}`);
    if (to === 'off') return;
    this.running = { load: await SteadyLoad.start(this.urls(), this.tell, PACES[to]), name: to };
    this.tell(`load on: ${PACES[to].clients} clients look up and trade`);
  }
}
