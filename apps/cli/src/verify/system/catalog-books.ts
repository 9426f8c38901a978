import { CATALOG_PATTERNS, ServiceError, type AuditPage } from '@stock-bazaar/contracts';
import { NoLeader, NoQuorum, OutcomeUnknown, type GroupClient } from '@stock-bazaar/replication';
import { unavailable } from '../../cli-error.js';
import type { BookedStock } from './conservation.js';

const CALL_TIMEOUT_MS = 5000;
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

/** A call that may be repeated. Whatever goes wrong becomes an error for people. */
export async function callGroup<T>(group: Pick<GroupClient, 'call'>, pattern: string, payload: object): Promise<T> {
  try {
    return await group.call<T>(pattern, payload, { timeoutMs: CALL_TIMEOUT_MS, repeatable: true });
  } catch (error) {
    if (error instanceof NoLeader || error instanceof NoQuorum || error instanceof OutcomeUnknown)
      throw unavailable(error.message);
    throw ServiceError.fromWire(error) ?? error;
  }
}
