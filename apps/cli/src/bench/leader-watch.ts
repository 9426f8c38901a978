import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient, isRecord, NetworkFailure } from '#harness';

const POLL_INTERVAL_MS = 50;
const POLL_TIMEOUT_MS = 2000;
/** A change is noticed a little after trading goes on, and an outage may begin a little before it is noticed. */
const AROUND_MS = 1000;

/** Times are milliseconds as `performance.now()` gives them. */
interface Sighting {
  readonly id: number;
  readonly term: number;
  readonly firstSeen: number;
  lastSeen: number;
}

/** Leadership of the order replicas moved, or was won anew. */
export interface LeaderChange {
  /** Since the start of the run, when the new leader was first seen. */
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly term: number;
  /** Longest time without an acknowledged trade around it; null when there were no trades to tell by. */
  readonly outageMs: number | null;
  /** Since the start of the run, when that time began; null like it. */
  readonly outageFromMs: number | null;
}

/** A span of time, as `performance.now()` gives its ends. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Asks a gateway again and again who leads the order replicas. */
export class LeaderWatch {
  private readonly http: HttpClient;
  private readonly sightings: Sighting[] = [];
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(url: string) {
    this.http = new HttpClient({ url, connections: 1, timeoutMs: POLL_TIMEOUT_MS });
    this.done = this.run();
  }

  /** The replica that led when we asked last; undefined before anyone was seen. */
  get leaderId(): number | undefined {
    return this.sightings.at(-1)?.id;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
    this.http.close();
  }

  /** @param tradedAt when each trade was acknowledged, in order */
  changes(startedAt: number, tradedAt: readonly number[]): readonly LeaderChange[] {
    return this.sightings.slice(1).map((now, i) => {
      const before = this.sightings[i] ?? now;
      const outage = longestGap(tradedAt, before.lastSeen - AROUND_MS, now.firstSeen + AROUND_MS);
      return {
        atMs: Math.round(now.firstSeen - startedAt),
        from: `order-${before.id}`,
        to: `order-${now.id}`,
        term: now.term,
        outageMs: outage === undefined ? null : Math.round(outage.to - outage.from),
        outageFromMs: outage === undefined ? null : Math.round(outage.from - startedAt),
      };
    });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look();
      await pause(POLL_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    try {
      const { json } = await this.http.send({ method: 'GET', path: '/leader' });
      const data = isRecord(json) ? json['data'] : undefined;
      // Nobody leads now; whoever comes next is then compared with the one before.
      if (!isRecord(data)) return;
      this.note(Number(data['id']), Number(data['term']));
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
    }
  }

  private note(id: number, term: number): void {
    const now = performance.now();
    const last = this.sightings.at(-1);
    if (last?.id === id && last.term === term) last.lastSeen = now;
    else this.sightings.push({ id, term, firstSeen: now, lastSeen: now });
  }
}

/** The longest span between two of the times, of those that lie in a window at least in part; undefined when none does. */
export function longestGap(times: readonly number[], from: number, to: number): Gap | undefined {
  const gaps = times.flatMap((time, i) => {
    const before = times[i - 1];
    return before === undefined || time < from || before > to ? [] : [{ from: before, to: time }];
  });
  const [first, ...others] = gaps;
  return first && others.reduce((longest, gap) => (lengthOf(gap) > lengthOf(longest) ? gap : longest), first);
}

function lengthOf({ from, to }: Gap): number {
  return to - from;
}
