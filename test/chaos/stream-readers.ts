import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../libs/replication/testing/simulation/random.js';
import type { ListedTrade } from '../system/support/books.js';
import { waitFor } from '../system/support/wait-for.js';
import { OrderDigest } from './replica-files.js';

const READERS = 3;
/** A connection is cut by its client after at most this, in milliseconds. */
const LONGEST_CONNECTION_MS = 3000;
const PAUSE_AFTER_FAILURE_MS = 50;

/** Clients that follow the trades at gateways chosen at random, and connect anew again and again. */
export class StreamReaders {
  /** Everything that no stream may give. */
  readonly wrong: string[] = [];
  /** Connections that were answered with a stream. */
  connections = 0;
  private readonly stopping = new AbortController();
  private readonly readers: readonly StreamReader[];
  private readonly running: readonly Promise<void>[];

  constructor(
    private readonly urls: readonly string[],
    seed: number,
  ) {
    this.readers = Array.from({ length: READERS }, () => new StreamReader());
    this.running = this.readers.map((reader, i) => this.run(reader, new Random(seed * 100 + i)));
  }

  /** Waits until each reader has all of the trades, ends them, and returns whatever they have that the record has not. */
  async faults(record: OrderDigest, lastNumber: number, limitMs: number): Promise<readonly string[]> {
    const haveAll = (): boolean => this.readers.every(({ last }) => last >= lastNumber) || this.wrong.length > 0;
    await waitFor(`streams have all of ${lastNumber} trades`, haveAll, limitMs);
    await this.stop();
    const differing = this.readers.filter(({ digest }) => digest.text !== record.text);
    return [
      ...this.wrong,
      ...differing.map(({ digest }) => `a stream gave ${digest.text}, but ${record.text} are on record`),
    ];
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async run(reader: StreamReader, random: Random): Promise<void> {
    while (!this.stopping.signal.aborted && this.wrong.length === 0) {
      const cut = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(random.int(1, LONGEST_CONNECTION_MS))]);
      try {
        await this.follow(reader, random.pick(this.urls), cut);
      } catch {
        await pause(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  private async follow(reader: StreamReader, url: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(`${url}/stream`, { headers: { 'last-event-id': String(reader.last) }, signal });
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    this.connections += 1;
    let text = '';
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      // Names and keys are ASCII.
      text += Buffer.from(part).toString('latin1');
      const end = text.lastIndexOf('\n\n') + 2;
      if (end >= 2) this.wrong.push(...reader.take(text.slice(0, end)));
      text = text.slice(Math.max(0, end));
    }
  }
}

/** Everything that one client has received, over all its connections. */
class StreamReader {
  last = 0;
  readonly digest = new OrderDigest();

  /** Takes whole events. Returns what is wrong with them. */
  take(events: string): readonly string[] {
    const wrong: string[] = [];
    for (const [, id = '', data = ''] of events.matchAll(/^id: (\d+)\ndata: (.*)$/gm)) {
      const trade = JSON.parse(data) as ListedTrade;
      if (trade.number !== this.last + 1 || String(trade.number) !== id)
        wrong.push(`a stream gave trade ${trade.number} with id ${id} after trade ${this.last}`);
      this.last = trade.number;
      this.digest.add(trade);
    }
    return wrong;
  }
}
