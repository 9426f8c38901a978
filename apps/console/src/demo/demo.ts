/** A process of the demo, whether it runs or not. */
export interface DemoProcess {
  readonly name: string;
  readonly address: string;
  readonly state: 'running' | 'paused' | 'dead';
}

export type App = 'order' | 'catalog' | 'frontend';
export const LOADS = ['off', 'steady', 'full'] as const;
export type Load = (typeof LOADS)[number];
export type Action = 'kill' | 'pause' | 'resume' | 'restart';

/** The result of `verify`. */
export interface Proof {
  readonly passed: boolean;
  readonly text: string;
}

interface Answer {
  readonly list?: { readonly load: Load; readonly processes: readonly DemoProcess[] };
  readonly verified?: Proof;
  readonly failed?: string;
  readonly hint?: string;
}

const POLL_MS = 2000;
/** Much longer than any process takes to start or to stop. */
const ACTION_LIMIT_MS = 30_000;
const VERIFY_LIMIT_MS = 300_000;

/** The demo that has opened this page. Whoever has the token, which is in the page's address, controls it. */
export class Demo {
  processes: readonly DemoProcess[] = [];
  private present: Load = 'off';
  /** While the demo turns its load to this. */
  private wanted: Load | undefined;
  private lost: string | undefined;
  private refused: string | undefined;
  private readonly listeners = new Set<() => void>();

  /** Returns undefined for a page that was opened at a gateway: it controls nothing. */
  static ofPage(): Demo | undefined {
    const token = location.hash.slice(1);
    return token === '' ? undefined : new Demo(token);
  }

  private constructor(private readonly token: string) {}

  /** Why the last thing that a button said was not done, or why the demo can't be asked. */
  get problem(): string | undefined {
    return this.lost ?? this.refused;
  }

  get load(): Load {
    return this.wanted ?? this.present;
  }

  processesOf(app: App): readonly DemoProcess[] {
    return this.processes.filter(({ name }) => name.startsWith(`${app}-`));
  }

  start(): void {
    void this.refresh();
    setInterval(() => document.visibilityState === 'visible' && void this.refresh(), POLL_MS);
  }

  /** Returns a function that ends it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Rejects when the demo can't do it. */
  async act(action: Action, target: string): Promise<void> {
    await this.ask({ action, target }, ACTION_LIMIT_MS);
    await this.refresh();
  }

  async turnLoad(load: Load): Promise<void> {
    this.wanted = load;
    this.changed();
    try {
      await this.ask({ action: 'load', load }, ACTION_LIMIT_MS);
    } finally {
      this.wanted = undefined;
      await this.refresh();
    }
  }

  /** Compares what every process has, and proves that no trade was lost or doubled. */
  async verify(): Promise<Proof> {
    const { verified } = await this.ask({ action: 'verify' }, VERIFY_LIMIT_MS);
    return verified ?? { passed: false, text: 'the demo gave no result' };
  }

  /** Gets everything to run, without load, when this page is about to be gone: there is nobody left to wait for an answer. */
  putBackBlindly(): void {
    const send = (request: object): unknown =>
      fetch('demo', { ...this.requestOf(request), keepalive: true }).catch(() => 0);
    send({ action: 'load', load: 'off' });
    // All that are paused, and all that are dead.
    send({ action: 'resume', target: 'leader' });
    send({ action: 'restart', target: 'dead' });
  }

  /** Does what a button says, and shows why if that fails. */
  async try(work: Promise<void>): Promise<void> {
    this.refused = undefined;
    await work.catch((error: unknown) => (this.refused = textOf(error)));
    this.changed();
  }

  /** Never rejects: `problem` tells. */
  async refresh(): Promise<void> {
    try {
      const { list } = await this.ask({ action: 'list' }, POLL_MS);
      if (list) [this.processes, this.present] = [list.processes, list.load];
      this.lost = undefined;
    } catch (error) {
      this.lost = textOf(error);
    }
    this.changed();
  }

  private async ask(request: object, limitMs: number): Promise<Answer> {
    const signal = AbortSignal.timeout(limitMs);
    const response = await fetch('demo', { ...this.requestOf(request), signal }).catch(() => undefined);
    if (!response) throw new Error('the demo does not answer: has it ended?');
    if (!response.ok)
      throw new Error('this page is not of the demo that runs: open the address that the demo has printed');
    const answer = (await response.json()) as Answer;
    if (answer.failed !== undefined) throw new Error(`${answer.failed}; ${answer.hint}`);
    return answer;
  }

  private requestOf(request: object): RequestInit {
    return { method: 'POST', headers: { authorization: `Bearer ${this.token}` }, body: JSON.stringify(request) };
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
