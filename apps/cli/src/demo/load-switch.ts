import { loadWords, SteadyLoad } from '../workload/steady-load.js';

/** The load of a demo: on or off, and what came of it. */
export class LoadSwitch {
  private load: SteadyLoad | undefined;
  private isTurning = false;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly tell: (line: string) => void,
  ) {}

  async toggle(): Promise<void> {
    // A second press while the first one is still at work would start a load that nobody can stop.
    if (this.isTurning) return;
    this.isTurning = true;
    try {
      await (this.load === undefined ? this.on() : this.off());
    } finally {
      this.isTurning = false;
    }
  }

  /** Something was done to the system, or befell it, that may hold up trades. */
  expectGap(): void {
    this.load?.expectGap();
  }

  async off(): Promise<void> {
    const { load } = this;
    this.load = undefined;
    if (load !== undefined) this.tell(`load off: ${loadWords(await load.stop())}`);
  }

  private async on(): Promise<void> {
    this.load = await SteadyLoad.start(this.urls(), this.tell);
    this.tell('load on: 4 clients look up and trade');
  }
}
