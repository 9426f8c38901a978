import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ClusterReport } from '#exchange';
import { addressOf } from '#service-kit';
import { ExchangeGroup } from './exchange-group.js';

/** In milliseconds. Readiness must be answered within a second, even if members are frozen. */
const STATUS_TIMEOUT_MS = 500;

/** Reports on the members of the exchange group. */
@Injectable()
export class ClusterService {
  private underWay: Promise<ClusterReport> | undefined;

  constructor(
    private readonly exchange: ExchangeGroup,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Never rejects, and takes a bounded time. Concurrent callers share one round. */
  report(): Promise<ClusterReport> {
    this.underWay ??= this.exchange.client.report(STATUS_TIMEOUT_MS).finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  /** The address that this gateway listens on. */
  get ownAddress(): string {
    const address = (this.adapterHost.httpAdapter.getHttpServer() as { address(): unknown }).address();
    const { address: host, port } = address as { address: string; port: number };
    return addressOf({ host, port });
  }
}
