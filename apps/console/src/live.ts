import { Figures, type Sample } from './figures';

/** A process as `GET /cluster` shows it. */
export interface Process {
  readonly process: string;
  readonly address: string;
  readonly up: boolean;
  readonly ready: boolean;
  readonly problem: string | null;
  readonly role: string;
  readonly term: number | null;
  readonly lastIndex: number | null;
  readonly commitIndex: number | null;
  readonly appliedIndex: number | null;
  readonly lag: number | null;
  readonly lastHeartbeatMs: number | null;
  readonly readLeaseMs: number | null;
}

export function isLeader({ up, role }: Process): boolean {
  return up && role === 'leader';
}

export interface Stock {
  readonly name: string;
  readonly price: number;
  readonly quantity: number;
  readonly volume: number;
}

export interface Trade {
  readonly number: number;
  readonly name: string;
  readonly type: 'buy' | 'sell';
  readonly quantity: number;
  readonly executedAt: string;
}

/** Something that happened to the cluster. */
export interface Incident {
  /** ISO time. */
  readonly at: string;
  readonly kind: string;
  readonly text: string;
}

const TRADES_SHOWN = 8;
const INCIDENTS_KEPT = 100;
/** Pause before another stream takes the place of one that was refused. */
const RECONNECT_MS = 3000;

/** Everything that the page shows. It comes from one event stream, and from the figures of the gateway every few seconds. */
export class Live {
  connection: 'connecting' | 'open' | 'lost' = 'connecting';
  processes: readonly Process[] = [];
  readonly stocks = new Map<string, Stock>();
  trades: readonly Trade[] = [];
  incidents: readonly Incident[] = [];
  samples: readonly Sample[] = [];
  /** Number of the last trade; 0 before the first. */
  lastTrade = 0;
  private readonly figures = new Figures();
  private readonly listeners = new Set<() => void>();
  private latest: string[] = [];
  private isScheduled = false;
  /** Longest time between two trades in milliseconds, and when the last one arrived. */
  private gap = { longest: 0, since: 0 };

  start(): void {
    this.connect();
    setInterval(() => {
      this.samples = this.figures.sample();
      this.changed();
    }, 1000);
  }

  private connect(): void {
    const source = new EventSource('stream?topics=trades,quotes,cluster&after=latest');
    source.onopen = () => this.connected();
    source.onerror = () => this.disconnected(source);
    source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => this.traded(data, Number(lastEventId));
    source.addEventListener('quote', ({ data }: MessageEvent<string>) => {
      const stock = JSON.parse(data) as Stock;
      this.stocks.set(stock.name, stock);
      this.changed();
    });
    source.addEventListener('members', ({ data }: MessageEvent<string>) => {
      this.processes = (JSON.parse(data) as { processes: readonly Process[] }).processes;
      this.changed();
    });
    source.addEventListener('cluster', ({ data }: MessageEvent<string>) => this.note(JSON.parse(data) as Incident));
  }

  /** Calls the listener at most once in each frame. Returns a function that ends it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Returns a function that gives the longest time without a trade since now, in milliseconds. */
  watchGaps(): () => number {
    const gap = (this.gap = { longest: 0, since: performance.now() });
    return () => gap.longest;
  }

  private connected(): void {
    if (this.connection === 'lost') this.note(ownIncident('connected', 'this page is connected to its gateway again'));
    this.connection = 'open';
    this.changed();
  }

  /** The browser connects again by itself and continues after the last trade, unless it was refused. */
  private disconnected(source: EventSource): void {
    if (this.connection === 'open') this.note(ownIncident('lost', 'this page has lost its gateway, and tries again'));
    this.connection = 'lost';
    if (source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), RECONNECT_MS);
    this.changed();
  }

  private traded(data: string, number: number): void {
    this.figures.traded();
    this.lastTrade = number;
    const now = performance.now();
    this.gap.longest = Math.max(this.gap.longest, now - this.gap.since);
    this.gap.since = now;
    this.latest = [data, ...this.latest].slice(0, TRADES_SHOWN);
    this.changed();
  }

  private note(incident: Incident): void {
    this.incidents = [incident, ...this.incidents].slice(0, INCIDENTS_KEPT);
    this.changed();
  }

  private changed(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    requestAnimationFrame(() => {
      this.isScheduled = false;
      // Under load there are many more trades than frames.
      this.trades = this.latest.map((data) => JSON.parse(data) as Trade);
      for (const listener of this.listeners) listener();
    });
  }
}

function ownIncident(kind: string, text: string): Incident {
  return { at: new Date().toISOString(), kind, text };
}
