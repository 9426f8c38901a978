import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { tcpClientOptions } from '@stock-bazaar/contracts';
import { GroupClient } from '@stock-bazaar/replication';
import { readFailure } from '../errors/group-errors.js';
import { FrontendConfig } from '../frontend.config.js';

/** The members of the catalog, as the gateway reaches them. All failures are `ServiceError`s. */
@Injectable()
export class CatalogGroup implements OnApplicationShutdown {
  readonly client: GroupClient;

  constructor(config: FrontendConfig) {
    this.client = new GroupClient({
      group: 'catalog',
      members: config.catalogReplicas,
      rpcTimeoutMs: config.rpcTimeoutMs,
      // A catalog that lost its disk comes back as a new group, and is rebuilt from the record.
      staysWithGroup: false,
      tcp: tcpClientOptions(config.clusterToken),
    });
  }

  /** A read that the leader answers. */
  async read<T>(pattern: string, payload: object, requestId: string, timeoutMs: number): Promise<T> {
    try {
      return await this.client.call<T>(pattern, { ...payload, requestId }, { timeoutMs, repeatable: true });
    } catch (error) {
      throw readFailure(error, 'CATALOG_UNAVAILABLE');
    }
  }

  onApplicationShutdown(): void {
    this.client.close();
  }
}
