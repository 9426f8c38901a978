import Database from 'better-sqlite3';
import { Exchange } from '../src/exchange.js';
import type { ExchangeCommand, ExchangeResult } from '../src/exchange.command.js';

export type MakeExchange = () => Exchange;

/** One member's exchange on an in-memory database. It can be restarted, and rebuilt from its snapshot. */
export class OpenExchange {
  db = new Database(':memory:');
  exchange: Exchange;
  private index = 0;

  constructor(private readonly make: MakeExchange = () => new Exchange()) {
    this.exchange = this.opened();
  }

  apply(command: ExchangeCommand): ExchangeResult {
    this.index += 1;
    return this.exchange.apply({ index: this.index, term: 1, command });
  }

  /** Simulates a new process on the same database. */
  restart(): void {
    this.exchange = this.opened();
  }

  /** Simulates a new process on an empty disk that received the snapshot as pages of JSON. */
  rebuild(): void {
    const pages = JSON.parse(JSON.stringify([...this.exchange.snapshot(this.db)])) as unknown[];
    this.db = new Database(':memory:');
    this.exchange = this.opened();
    this.exchange.restore(pages);
  }

  /** Returns every row of every table, as text. */
  rows(): string {
    return ['stock', 'orders', 'refusal']
      .flatMap((table) => this.db.prepare(`SELECT * FROM ${table}`).raw().all())
      .map((row) => JSON.stringify(row))
      .join('\n');
  }

  private opened(): Exchange {
    const exchange = this.make();
    exchange.prepare(this.db);
    return exchange;
  }
}
