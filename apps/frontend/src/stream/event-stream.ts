import { Bell } from './bell.js';
import type { ClusterFeed } from './cluster-feed.js';
import type { Feed } from './feed.js';
import type { Topic } from './stream.dto.js';
import type { TradeFeed } from './trade-feed.js';

/** Interval between signs of life while nothing happens, in milliseconds; proxies end connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;
/** How soon clients connect again when the connection ends, in milliseconds. */
const RECONNECT_MS = 500;

/** One topic of one stream, with the place up to which the client has it. */
interface Cursor {
  readonly feed: Feed;
  /** Resolves to the next events; undefined when there is none now. */
  next(): Promise<Buffer | string | undefined>;
}

export interface Feeds {
  readonly trades: TradeFeed;
  readonly cluster: ClusterFeed;
}

/**
 * The events of one client. It reads from the feeds only as fast as the client does, so a slow client takes no memory: it falls
 * behind, and then reads trades from a catalog, and only the latest of quotes.
 */
export class EventStream {
  private readonly bell = new Bell();
  private readonly cursors: readonly Cursor[];
  private isEnded = false;

  /** @param after number of the last trade that the client has */
  constructor(feeds: Feeds, topics: ReadonlySet<Topic>, after: number) {
    const cursors: Readonly<Record<Topic, () => Cursor>> = {
      trades: () => tradesOf(feeds.trades, after),
      quotes: () => quotesOf(feeds.trades),
      cluster: () => clusterOf(feeds.cluster),
    };
    this.cursors = [...topics].map((topic) => cursors[topic]());
  }

  /** Ends the stream after what is being written. */
  end(): void {
    this.isEnded = true;
    this.bell.ring();
  }

  async *events(): AsyncGenerator<Buffer | string> {
    const feeds = new Set(this.cursors.map(({ feed }) => feed));
    const stopListening = [...feeds].map((feed) => feed.listen(() => this.bell.ring()));
    try {
      yield `retry: ${RECONNECT_MS}\n\n`;
      while (!this.isEnded) {
        let isQuiet = true;
        for (const cursor of this.cursors) {
          const events = await cursor.next();
          if (events === undefined) continue;
          isQuiet = false;
          yield events;
        }
        if (isQuiet && !(await this.bell.wait(HEARTBEAT_MS))) yield ': still here\n\n';
      }
    } finally {
      for (const stop of stopListening) stop();
    }
  }
}

function tradesOf(feed: TradeFeed, after: number): Cursor {
  let last = after;
  return {
    feed,
    next: async () => {
      const news = await feed.tradesAfter(last);
      last = news?.last ?? last;
      return news?.events;
    },
  };
}

/** Begins with all stocks. */
function quotesOf(feed: TradeFeed): Cursor {
  let last = -1;
  return {
    feed,
    next: () => {
      const news = feed.quotesAfter(last);
      last = news?.last ?? last;
      return Promise.resolve(news?.events);
    },
  };
}

function clusterOf(feed: ClusterFeed): Cursor {
  let count = feed.start;
  return {
    feed,
    next: () => {
      const news = feed.eventsAfter(count);
      count = news?.count ?? count;
      return Promise.resolve(news?.events);
    },
  };
}
