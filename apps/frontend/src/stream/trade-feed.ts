import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { CATALOG_PATTERNS, type FollowAnswer, type Order, type Stock, type StockPage } from '#contracts';
import { ExchangeGroup } from '../cluster/exchange-group.js';
import { FrontendConfig } from '../frontend.config.js';
import { TradeView } from '../orders/orders.dto.js';
import { ListedStockView } from '../stocks/stocks.dto.js';
import { Feed, RETRY_PAUSE_MS } from './feed.js';
import { eventText } from './server-sent-events.js';

const PAUSE_MS = 20;
/** Trades kept for streams that are less than this behind. Others read pages from a catalog. */
const RECENT = 2000;
const PAGE = 500;
const STOCKS_PAGE = 1000;
const MAX_SHARED = 16;

interface RecentTrade {
  readonly stock: string;
  readonly text: string;
}

/** Events for one stream, and the number of the last trade that they cover. */
export interface TradeNews {
  readonly events: Buffer;
  readonly last: number;
}

/**
 * The trades of the exchange as they happen, with what they make of the stocks. One call at a time follows a catalog, for all
 * streams together. What a catalog has applied is committed and never changes, so any catalog continues what another one began.
 */
@Injectable()
export class TradeFeed extends Feed {
  /** Number of the last known trade; undefined before a catalog has been asked. */
  private last: number | undefined;
  /** The latest trades up to `last`, without gaps. */
  private recent: RecentTrade[] = [];
  private readonly stocks = new Map<string, Stock>();
  /** Text that streams at the same place share, by topic and place; valid until there is news. */
  private readonly shared = new Map<string, Buffer>();
  private readonly pages = new Map<number, Promise<TradeNews>>();
  private lastPage: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly config: FrontendConfig,
  ) {
    super(PAUSE_MS);
  }

  /** Resolves to the number of the last trade. Throws a ServiceError when no catalog answers. */
  async latest(): Promise<number> {
    return this.last ?? (await this.follow(undefined, 1)).lastNumber;
  }

  /** Resolves to trades after a number; undefined when there is none now. */
  async tradesAfter(number: number): Promise<TradeNews | undefined> {
    const { last } = this;
    if (last === undefined || number >= last) return undefined;
    if (number < this.firstRecent - 1) return this.tryPage(number);
    // A limit to what one stream holds while its client reads.
    const trades = this.recentAfter(number).slice(0, PAGE);
    const events = this.share(`trades ${number}`, () => trades.map(({ text }) => text).join(''));
    return { events, last: number + trades.length };
  }

  /** Returns the stocks that trades after a number have changed, each once, as they are now; undefined when there is none. */
  quotesAfter(number: number): TradeNews | undefined {
    const { last } = this;
    if (last === undefined || number >= last) return undefined;
    const events = this.share(`quotes ${number}`, () => {
      const isAll = number < this.firstRecent - 1;
      const names = isAll ? this.stocks.keys() : new Set(this.recentAfter(number).map(({ stock }) => stock));
      return [...names].map((name) => this.quote(name)).join('');
    });
    return { events, last };
  }

  protected override async turn(): Promise<boolean> {
    if (this.last === undefined) {
      await this.begin();
      return true;
    }
    const { orders, stocks, isFresh } = await this.follow(this.last, PAGE);
    this.keep(stocks);
    this.recent.push(...orders.map((order) => ({ stock: order.name, text: tradeText(order) })));
    this.recent.splice(0, this.recent.length - RECENT);
    this.last = orders.at(-1)?.number ?? this.last;
    if (orders.length > 0) this.shared.clear();
    // Nobody has anything new while there is no leader, and each catalog has answered at once.
    else if (!isFresh) await pause(RETRY_PAUSE_MS);
    return orders.length > 0;
  }

  protected override reset(): void {
    this.last = undefined;
    this.recent = [];
    this.stocks.clear();
    this.shared.clear();
  }

  /** First the number, then the stocks: what they lack of later trades comes with those. */
  private async begin(): Promise<void> {
    const { lastNumber } = await this.follow(undefined, 1);
    for (let after: string | null = ''; after !== null;) {
      const page: StockPage = await this.ask(CATALOG_PATTERNS.list, {
        ...(after !== '' && { after }),
        limit: STOCKS_PAGE,
      });
      this.keep(page.stocks);
      after = page.next;
    }
    this.last = lastNumber;
  }

  private keep(stocks: readonly Stock[]): void {
    // Another catalog may be further behind.
    for (const stock of stocks)
      if (stock.version >= (this.stocks.get(stock.name)?.version ?? 0)) this.stocks.set(stock.name, stock);
  }

  private async tryPage(after: number): Promise<TradeNews | undefined> {
    try {
      return await this.page(after);
    } catch {
      setTimeout(() => void this.notify(), RETRY_PAUSE_MS);
      return undefined;
    }
  }

  /** Streams that are behind read one page after the other, so that they do not keep the catalog from its other work. */
  private page(after: number): Promise<TradeNews> {
    const underWay = this.pages.get(after);
    if (underWay) return underWay;
    const page = this.lastPage
      .then(() => this.follow(after, PAGE))
      .then(({ orders }) => ({
        events: Buffer.from(orders.map(tradeText).join('')),
        last: orders.at(-1)?.number ?? after,
      }))
      .finally(() => this.pages.delete(after));
    this.lastPage = page.catch(() => undefined);
    this.pages.set(after, page);
    return page;
  }

  private follow(after: number | undefined, limit: number): Promise<FollowAnswer> {
    return this.ask(CATALOG_PATTERNS.follow, { ...(after !== undefined && { after }), limit });
  }

  private ask<T extends { readonly isFresh: boolean }>(pattern: string, asked: object): Promise<T> {
    const caller = { id: 'stream', remainingMs: this.config.rpcTimeoutMs };
    return this.exchange.askCatalog<T>(pattern, asked, caller, ({ isFresh }) => isFresh);
  }

  private get firstRecent(): number {
    return (this.last ?? 0) - this.recent.length + 1;
  }

  private recentAfter(number: number): readonly RecentTrade[] {
    return this.recent.slice(number + 1 - this.firstRecent);
  }

  private quote(name: string): string {
    const stock = this.stocks.get(name);
    return stock ? eventText({ name: 'quote', data: new ListedStockView(stock) }) : '';
  }

  private share(name: string, make: () => string): Buffer {
    const known = this.shared.get(name);
    if (known) return known;
    const made = Buffer.from(make());
    // Most streams are at one of a few places.
    if (this.shared.size < MAX_SHARED) this.shared.set(name, made);
    return made;
  }
}

function tradeText(order: Order): string {
  return eventText({ id: order.number, data: new TradeView(order) });
}
