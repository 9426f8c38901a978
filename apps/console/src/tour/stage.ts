import { textOf, type App, type Demo, type Load } from '../demo/demo';
import { isLeader, type Live, type Process } from '../live';
import { newKey, placeOrder, type Order, type OrderAnswer } from '../orders';

/** Whatever does not happen within this time has failed. */
const LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 100;
/** A follower that is no further behind takes part in the load as the others do. */
const CAUGHT_UP = 50;

/** One line of what a scenario has done. */
export interface Step {
  readonly at: Date;
  text: string;
  state: 'underWay' | 'done' | 'stopped' | 'failed';
}

/** Lets a scenario act on the demo, and wait until the page has seen what comes of it. Each method adds a step. */
export class Stage {
  constructor(
    private readonly demo: Demo,
    private readonly live: Live,
    private readonly signal: AbortSignal,
    private readonly changed: () => void,
    readonly steps: Step[] = [],
  ) {}

  /** Does something, and shows how it goes. */
  async step<T>(text: string, work: (show: (text: string) => void) => Promise<T> | T): Promise<T> {
    this.signal.throwIfAborted();
    const step: Step = { at: new Date(), text, state: 'underWay' };
    this.steps.push(step);
    this.changed();
    const show = (result: string): void => {
      step.text = `${text}: ${result}`;
      this.changed();
    };
    try {
      const result = await work(show);
      step.state = 'done';
      return result;
    } catch (error) {
      step.state = this.signal.aborted ? 'stopped' : 'failed';
      if (!this.signal.aborted) show(textOf(error));
      throw error;
    } finally {
      this.changed();
    }
  }

  kill(name: string): Promise<void> {
    return this.step(`Kill ${name}`, () => this.demo.act('kill', name));
  }

  pause(name: string): Promise<void> {
    return this.step(`Freeze ${name}`, () => this.demo.act('pause', name));
  }

  resume(name: string): Promise<void> {
    return this.step(`Let ${name} run again`, () => this.demo.act('resume', name));
  }

  start(name: string): Promise<void> {
    return this.step(`Start ${name}`, () => this.demo.act('restart', name));
  }

  turnLoad(load: Load): Promise<void> {
    return this.step(`Turn the load to ${load}`, () => this.demo.turnLoad(load));
  }

  leader(): Promise<Process> {
    return this.step('Find the leader', async (show) => {
      const leader = await this.until(() => this.live.processes.find(isLeader));
      show(`${leader.process} leads in term ${leader.term}`);
      return leader;
    });
  }

  leaderInsteadOf(old: Process): Promise<Process> {
    return this.step('Wait for another leader', async (show) => {
      const isNext = (one: Process): boolean => isLeader(one) && (one.term ?? 0) > (old.term ?? 0);
      const leader = await this.until(() => this.live.processes.find(isNext));
      show(`${leader.process} leads in term ${leader.term}`);
      return leader;
    });
  }

  /** Waits until the process takes part again in a term that is not older. */
  return(name: string, term: number | null): Promise<void> {
    return this.step(`See ${name} take part again`, async (show) => {
      const is = await this.until(() =>
        this.live.processes.find((one) => one.process === name && one.up && (one.term ?? 0) >= (term ?? 0)),
      );
      show(`${is.role} in term ${is.term}`);
    });
  }

  /** Waits until the process has the whole log. */
  catchUp(name: string): Promise<void> {
    return this.step(`See ${name} catch up`, async (show) => {
      let most = 0;
      await this.until(() => {
        const is = this.live.processes.find(({ process, up }) => process === name && up);
        // Null while its leader doesn't know.
        const lag = is?.lag ?? null;
        if (lag === null) return undefined;
        most = Math.max(most, lag);
        if (lag > 0) show(`${lag} entries behind`);
        return is?.ready === true && lag <= CAUGHT_UP;
      });
      show(most > 0 ? `it was up to ${most} entries behind, and has them all` : 'it has the whole log');
    });
  }

  trades(count: number, limitMs = LIMIT_MS): Promise<void> {
    const [from, start] = [this.live.lastTrade, performance.now()];
    return this.step(`Wait for ${spaced(count)} trades`, async (show) => {
      await this.until(() => {
        const seen = this.live.lastTrade - from;
        show(`${spaced(seen)} so far`);
        return seen >= count;
      }, limitMs);
      show(`they took ${((performance.now() - start) / 1000).toFixed(1)} s`);
    });
  }

  /** Returns a function that adds the longest time without a trade since now. */
  watchTrades(): () => Promise<void> {
    const longest = this.live.watchGaps();
    return () => this.step('The longest time without a trade', (show) => show(`${Math.round(longest())} ms`));
  }

  newOrder(): { readonly order: Order; readonly key: string } {
    return { order: { name: this.stock, type: 'buy', quantity: 1 }, key: newKey() };
  }

  /** Sends an order, and checks the answer. */
  order(
    text: string,
    { order, key }: ReturnType<Stage['newOrder']>,
    isRight: (answer: OrderAnswer) => boolean,
  ): Promise<OrderAnswer> {
    return this.step(text, async (show) => {
      const answer = await placeOrder(order, key);
      show(answer.text);
      if (!isRight(answer)) throw new Error(`not as expected: ${answer.text}`);
      return answer;
    });
  }

  /** Looks up a stock, the one that orders are for. */
  lookUp(text: string, isRight: (found: Lookup) => boolean): Promise<Lookup> {
    return this.step(text, async (show) => {
      const response = await fetch(`stocks/${encodeURIComponent(this.stock)}`);
      const { data } = (await response.json()) as { readonly data?: { readonly quantity: number } };
      const found = { quantity: data?.quantity, cache: response.headers.get('x-cache') };
      show(data ? `${data.quantity} shares, X-Cache: ${found.cache}` : `HTTP status ${response.status}`);
      if (!isRight(found)) throw new Error(`not as expected: ${found.quantity} shares, X-Cache: ${found.cache}`);
      return found;
    });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Names of the demo's processes of this app that run. */
  running(app: App): readonly string[] {
    return this.demo
      .processesOf(app)
      .filter(({ state }) => state === 'running')
      .map(({ name }) => name);
  }

  /** Waits until every process runs and is ready, as this page sees it. */
  ready(): Promise<void> {
    return this.step('Wait until every process is ready', async () => {
      const old = this.live.processes;
      await this.until(() => {
        const { connection, processes } = this.live;
        return connection === 'open' && processes !== old && processes.every(({ up, ready }) => up && ready);
      });
    });
  }

  private get stock(): string {
    return [...this.live.stocks.values()].find(({ quantity }) => quantity > 10)?.name ?? '';
  }

  private async until<T>(find: () => T | undefined | false, limitMs = LIMIT_MS): Promise<T> {
    const end = performance.now() + limitMs;
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      this.signal.throwIfAborted();
      if (performance.now() > end) throw new Error(`not within ${limitMs / 1000} s`);
      await this.wait(LOOK_EVERY_MS);
    }
  }
}

/** 10 000 as this page writes it. */
function spaced(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
}

export interface Lookup {
  readonly quantity: number | undefined;
  readonly cache: string | null;
}
