import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../docs/api-failures.js';
import { InvalidRequest } from '../errors/invalid-request.js';
import { LAST_EVENT_ID, StreamQuery, type Topic } from './stream.dto.js';
import { StreamsService } from './streams.service.js';

const EXAMPLE = `id: 1
data: {"number":1,"name":"GameStart","type":"buy","quantity":3,"price":15.99,"executedAt":"2026-01-01T12:00:00.000Z","key":"my-first"}

event: quote
data: {"name":"GameStart","price":15.99,"quantity":997,"volume":3,"maxTradingVolume":0,"version":4}

event: cluster
data: {"at":"2026-01-01T12:00:01.000Z","kind":"leader","process":"order-2","text":"order-2 leads in term 8, after order-3"}

`;

@ApiTags('orders')
@Controller('stream')
export class StreamController {
  constructor(private readonly streams: StreamsService) {}

  @Get()
  @ApiOperation({
    summary: 'Follow the trades as they happen',
    description:
      'Server-sent events, for `EventSource` or `curl -N`. `trades`: every trade exactly once and in order; its `id` is its number. ' +
      'A client that connects again continues after its `Last-Event-ID`, at any gateway. `quotes`: first every stock, then each one that ' +
      'has changed, only the latest values for a slow client. `cluster`: a `members` event has the state of all processes as in ' +
      '`GET /cluster`, a `cluster` event tells what happened to one. A comment is sent every 15 s when there is nothing else.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: LAST_EVENT_ID,
    description: 'number of the last trade that the client has; goes before `after`',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string', example: EXAMPLE } })
  @ApiFailures('OVERLOADED', 'CATALOG_UNAVAILABLE', 'SHUTTING_DOWN')
  async follow(
    @Query() { after, topics }: StreamQuery,
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const from = lastEventIdOf(request) ?? after;
    const wanted = new Set(topics.split(',') as Topic[]);
    await this.streams.serve(wanted, from === 'latest' ? from : Number(from), request, response);
  }
}

function lastEventIdOf({ headers }: IncomingMessage): string | undefined {
  const given = headers['last-event-id'];
  if (given === undefined || (typeof given === 'string' && new RegExp(LAST_EVENT_ID.pattern).test(given))) return given;
  throw new InvalidRequest(['Last-Event-ID must be the number of a trade, or 0']);
}
