import { randomUUID } from 'node:crypto';
import { CATALOG_PATTERNS, type Member, type OwnStocks, type Stock } from '@stock-bazaar/contracts';
import type { GroupClient } from '@stock-bazaar/replication';

const ASK_TIMEOUT_MS = 2000;
const STOCKS_AT_ONCE = 1000;

/** What one catalog member has in its tables, asked of itself and of nobody else. */
export class CatalogMember {
  readonly name: string;
  /** Why it can't be compared now; null when it can. */
  problem: string | null = null;
  /** It had applied at least the log entries up to this one when any of the stocks was read. */
  appliedIndex = 0;
  stocks: ReadonlyMap<string, Stock> = new Map();

  constructor(
    private readonly client: Pick<GroupClient, 'ask'>,
    private readonly member: Member,
  ) {
    this.name = `catalog-${member.id}`;
  }

  /** Reads all its stocks anew. */
  async read(): Promise<void> {
    const stocks = new Map<string, Stock>();
    let appliedIndex: number | undefined;
    for (let after: string | null | undefined; after !== null;) {
      const asked = {
        ...(after !== undefined && { after }),
        limit: STOCKS_AT_ONCE,
        requestId: `verify-${randomUUID()}`,
      };
      const result = await this.client.ask<OwnStocks>(
        this.member.id,
        CATALOG_PATTERNS.listOwn,
        { ...asked, timeoutMs: ASK_TIMEOUT_MS },
        ASK_TIMEOUT_MS,
      );
      this.problem = 'answer' in result ? null : result.why;
      if (!('answer' in result)) return;
      // Later pages may be newer.
      appliedIndex ??= result.answer.appliedIndex;
      for (const stock of result.answer.stocks) stocks.set(stock.name, stock);
      after = result.answer.next;
    }
    this.stocks = stocks;
    this.appliedIndex = appliedIndex ?? 0;
  }
}
