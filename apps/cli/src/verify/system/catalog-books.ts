import { CATALOG_PATTERNS, type AuditPage } from '@stock-bazaar/contracts';
import type { GroupClient } from '@stock-bazaar/replication';
import { callGroup } from '../../call-group.js';
import type { BookedStock } from './conservation.js';

const STOCKS_AT_ONCE = 1000;

/** What the catalog says of its stocks and trades. */
export interface CatalogBooks {
  readonly stocks: readonly BookedStock[];
  /** Number of the last trade that it had executed when the last stock was read. */
  readonly lastNumber: number;
  readonly recordedUpTo: number;
}

/** Reads the catalog's books page by page, each with the number after which it was read. */
export async function readCatalogBooks(catalog: Pick<GroupClient, 'call'>): Promise<CatalogBooks> {
  const stocks: BookedStock[] = [];
  for (let after: string | undefined; ;) {
    const asked = { ...(after !== undefined && { after }), limit: STOCKS_AT_ONCE, requestId: 'verify' };
    const page: AuditPage = await callGroup(catalog, CATALOG_PATTERNS.audit, asked);
    stocks.push(...page.stocks.map((stock) => ({ ...stock, lastNumber: page.lastNumber })));
    if (page.next === null) return { stocks, lastNumber: page.lastNumber, recordedUpTo: page.recordedUpTo };
    after = page.next;
  }
}
