import { readFileSync } from 'node:fs';
import { bazaar, startBazaar, type Finished, type Started } from './bazaar.js';
import { waitFor } from './wait-for.js';

/** Well below the default, so that the answers to a frozen system can be awaited many times. */
export const REQUEST_TIMEOUT_MS = 2000;

interface ProcessInfo {
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
}

/** A running `bazaar demo`, handled through its commands alone. */
export class DemoUnderTest {
  private constructor(
    private readonly started: Started,
    readonly url: string,
  ) {}

  /** Starts a demo on free ports and resolves when it has printed its table. With one order replica its death is an outage. */
  static async start(dataDir: string, replicas = 1): Promise<DemoUnderTest> {
    const started = startBazaar(['demo', '--port', '0', '--replicas', String(replicas), '--data-dir', dataDir], {
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    });
    const url = (): string | undefined => /(http:\S+)\/docs/.exec(started.output.stdout)?.[1];
    await waitFor('the demo shows its URL, or has ended', () => url() !== undefined || started.child.exitCode !== null);
    const found = url();
    if (found === undefined) throw new Error(`the demo ended:\n${started.output.stderr}`);
    return new DemoUnderTest(started, found);
  }

  get pid(): number {
    return this.started.child.pid ?? 0;
  }

  /** Address of the demo's own page, with the token in it that lets the page control the demo. */
  get pageUrl(): string {
    return /(http:\S+#\S+)/.exec(this.started.output.stdout)?.[1] ?? '';
  }

  get port(): string {
    return new URL(this.url).port;
  }

  /** Everything that it said on stderr so far, to be shown with a failure. */
  get log(): string {
    return this.started.output.stderr;
  }

  /** `kill`, `pause`, `resume` or `restart` of one process. */
  async tell(action: string, target: string): Promise<void> {
    const { code, stderr } = await bazaar(action, target, '--port', this.port);
    if (code !== 0) throw new Error(`bazaar ${action} ${target} ended with ${code}:\n${stderr}`);
  }

  async waitUntilReady(): Promise<void> {
    const { code, stderr } = await bazaar('wait', '--timeout', '20s', '--url', this.url);
    if (code !== 0) throw new Error(`${stderr}\nThe demo said:\n${this.log}`);
  }

  async processes(): Promise<readonly ProcessInfo[]> {
    const { stdout } = await bazaar('status', '--json', '--port', this.port);
    return (JSON.parse(stdout) as { demo: { processes: readonly ProcessInfo[] } }).demo.processes;
  }

  /** Ends the demo itself, in order or as `kill -9` does. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Finished> {
    this.started.child.kill(signal);
    return this.started.finished;
  }
}

/** Whether a process still runs. One that has ended stays visible until its parent takes note. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
