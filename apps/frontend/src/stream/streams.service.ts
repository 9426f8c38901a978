import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError } from '#contracts';
import { GatewayServer } from '../server/gateway-server.js';
import { ClusterFeed } from './cluster-feed.js';
import { EventStream } from './event-stream.js';
import { EVENT_STREAM_TYPE } from './server-sent-events.js';
import type { Topic } from './stream.dto.js';
import { TradeFeed } from './trade-feed.js';

const MAX_STREAMS = 2000;
/** A client that takes nothing while there is something to take is cut off after this to twice this, in milliseconds. */
const STALL_LIMIT_MS = 30_000;

/** The open streams of this gateway. */
@Injectable()
export class StreamsService implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  /** Requests that wait for a catalog before they become streams. */
  private opening = 0;
  private isStopping = false;

  constructor(
    private readonly trades: TradeFeed,
    private readonly cluster: ClusterFeed,
    private readonly server: GatewayServer,
  ) {}

  get count(): number {
    return this.streams.size;
  }

  onModuleDestroy(): void {
    this.isStopping = true;
    for (const stream of this.streams) stream.end();
  }

  /**
   * Answers with a stream that lasts until the client hangs up or this gateway stops.
   * @param after number of the last trade that the client has, or `latest`
   */
  async serve(
    topics: ReadonlySet<Topic>,
    after: number | 'latest',
    { method }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (this.isStopping) throw new ServiceError('SHUTTING_DOWN');
    if (this.count + this.opening >= MAX_STREAMS)
      throw new ServiceError('OVERLOADED', `${MAX_STREAMS} streams are open, which is the limit`);
    this.opening += 1;
    const latest = await this.trades.latest().finally(() => (this.opening -= 1));
    response.writeHead(200, { 'Content-Type': EVENT_STREAM_TYPE, 'X-Accel-Buffering': 'no' });
    if (method === 'HEAD' || response.destroyed) {
      response.end();
      return;
    }
    await this.send(
      new EventStream({ trades: this.trades, cluster: this.cluster }, topics, after === 'latest' ? latest : after),
      response,
    );
  }

  private async send(stream: EventStream, response: ServerResponse): Promise<void> {
    this.streams.add(stream);
    this.server.exempt(response);
    response.once('close', () => stream.end());
    response.setTimeout(STALL_LIMIT_MS, () => response.destroy());
    try {
      await pipeline(stream.events(), response);
    } catch {
      // The client hung up, which is how streams end.
      response.destroy();
    } finally {
      this.streams.delete(stream);
    }
  }
}
