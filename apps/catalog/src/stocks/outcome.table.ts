import type { RefusalReason, Trade, TradeOutcome, TradeType } from '@stock-bazaar/contracts';
import { checksum, CorruptData, type Page } from '@stock-bazaar/replication';
import type { Database, Statement } from 'better-sqlite3';

/** A decided trade: executed when it has a number, refused when it has a refusal number. Both count from 1. */
interface Outcome {
  readonly key: string;
  readonly name: string;
  readonly side: TradeType;
  readonly quantity: number;
  readonly number: number | null;
  readonly priceCents: number | null;
  readonly executedAt: number | null;
  readonly refusalNumber: number | null;
  readonly refusal: RefusalReason | null;
}

type Row = Outcome & { readonly checksum: number };

/** What order leaders have said of themselves. */
interface Heard {
  readonly recordedUpTo: number;
  readonly orderTerm: number;
  /** Id of their group; null before one has spoken. */
  readonly orderGroup: string | null;
}

/** The last trade that was executed. */
interface Executed {
  readonly number: number;
  readonly executedAt: number;
}

interface OutcomePage extends Heard {
  readonly outcomes: readonly Outcome[];
}

/** What a key was used for, and what came of it. */
export interface KnownOutcome {
  readonly name: string;
  readonly side: TradeType;
  readonly quantity: number;
  readonly outcome: TradeOutcome;
}

const NOTHING_EXECUTED: Executed = { number: 0, executedAt: 0 };
const NOTHING_HEARD: Heard = { recordedUpTo: 0, orderTerm: 0, orderGroup: null };
const OUTCOMES_PER_PAGE = 500;
const COLUMNS =
  'key, name, side, quantity, number, price_cents AS priceCents, executed_at AS executedAt, refusal_number AS refusalNumber, refusal, checksum';

/**
 * The outcome of each trade under its key, refusals included, so that a repeat gets the first answer. Trades above
 * `recordedUpTo` are executed and, as far as is known here, not yet on record in the order group.
 */
export class OutcomeTable {
  private readonly statements: ReturnType<typeof prepareStatements>;
  private last: Executed;
  private heard: Heard;

  constructor(private readonly db: Database) {
    if (!db.readonly) createTables(db);
    this.statements = prepareStatements(db);
    this.last = (this.statements.last.get() as Executed | undefined) ?? NOTHING_EXECUTED;
    this.heard = this.readHeard();
  }

  /** Number of the last executed trade; 0 before the first. */
  get lastNumber(): number {
    return this.last.number;
  }

  /** When the last trade was executed, in milliseconds since 1970; 0 before the first. */
  get lastExecutedAt(): number {
    return this.last.executedAt;
  }

  get recordedUpTo(): number {
    return this.heard.recordedUpTo;
  }

  /** Newest term in which an order leader has spoken; 0 before the first. */
  get orderTerm(): number {
    return this.heard.orderTerm;
  }

  /** Id of the order group that this catalog serves; null before one has spoken to it. */
  get orderGroup(): string | null {
    return this.heard.orderGroup;
  }

  find(key: string): KnownOutcome | undefined {
    const row = this.statements.find.get(key) as Row | undefined;
    if (!row) return undefined;
    const known = this.verified(row);
    return { name: known.name, side: known.side, quantity: known.quantity, outcome: outcomeOf(known) };
  }

  executedAfter(after: number, limit: number): Trade[] {
    const rows = this.statements.executedAfter.all(after, limit) as Row[];
    return rows.map((row, i) => {
      const trade = tradeOf(this.verified(row));
      if (trade?.number !== after + 1 + i) throw new CorruptData(this.db.name, `trade ${after + 1 + i} is missing`);
      return trade;
    });
  }

  addTrade({ key, name, type: side, quantity, number, priceCents, executedAt }: Trade): void {
    this.insert({ key, name, side, quantity, number, priceCents, executedAt, refusalNumber: null, refusal: null });
  }

  /** Remembers a refusal, and forgets the oldest beyond `kept`. */
  addRefusal(
    refused: Pick<Outcome, 'key' | 'name' | 'side' | 'quantity'> & { reason: RefusalReason },
    kept: number,
  ): void {
    const { reason: refusal, ...rest } = refused;
    const refusalNumber = ((this.statements.lastRefusal.get() as number | null) ?? 0) + 1;
    this.insert({ ...rest, number: null, priceCents: null, executedAt: null, refusalNumber, refusal });
    this.statements.forgetRefusals.run(refusalNumber - kept);
  }

  markHeard({ recordedUpTo, orderTerm, orderGroup }: Heard): void {
    const { heard } = this;
    if (recordedUpTo <= heard.recordedUpTo && orderTerm <= heard.orderTerm) return;
    this.heard = {
      recordedUpTo: Math.max(recordedUpTo, heard.recordedUpTo),
      orderTerm: Math.max(orderTerm, heard.orderTerm),
      orderGroup: heard.orderGroup ?? orderGroup,
    };
    const values = [this.heard.recordedUpTo, this.heard.orderTerm, this.heard.orderGroup];
    this.statements.markHeard.run(...values, checksum(...values));
  }

  clear(): void {
    this.statements.clear.run();
    this.statements.clearHeard.run();
    this.last = NOTHING_EXECUTED;
    this.heard = NOTHING_HEARD;
  }

  *pages(): Generator {
    const { heard } = this;
    let rows: Row[] = [];
    // At least one: what was heard of the order group is to be kept without any outcome, too.
    do {
      rows = this.statements.page.all(rows.at(-1)?.key ?? '', OUTCOMES_PER_PAGE) as Row[];
      yield { outcomes: rows.map((row) => this.verified(row)), ...heard } satisfies OutcomePage;
    } while (rows.length === OUTCOMES_PER_PAGE);
  }

  load(page: Page): void {
    const { outcomes, ...heard } = page as OutcomePage;
    for (const outcome of outcomes) this.insert(outcome);
    this.markHeard(heard);
  }

  private insert(outcome: Outcome): void {
    const values = inOrder(outcome);
    this.statements.insert.run(...values, checksum(...values));
    const { number, executedAt } = outcome;
    if (number !== null && executedAt !== null && number > this.last.number) this.last = { number, executedAt };
  }

  private readHeard(): Heard {
    const row = this.statements.heard.get() as (Heard & { readonly checksum: number }) | undefined;
    if (!row) return NOTHING_HEARD;
    const { checksum: sum, ...heard } = row;
    if (sum !== checksum(heard.recordedUpTo, heard.orderTerm, heard.orderGroup))
      throw new CorruptData(this.db.name, 'the row of what the order group said does not match its checksum');
    return heard;
  }

  private verified({ checksum: sum, ...outcome }: Row): Outcome {
    if (sum !== checksum(...inOrder(outcome))) {
      throw new CorruptData(this.db.name, `the outcome of key ${outcome.key} does not match its checksum`);
    }
    return outcome;
  }
}

function tradeOf({ number, key, name, side: type, quantity, priceCents, executedAt }: Outcome): Trade | undefined {
  if (number === null || priceCents === null || executedAt === null) return undefined;
  return { number, key, name, type, quantity, priceCents, executedAt };
}

function outcomeOf(outcome: Outcome): TradeOutcome {
  const trade = tradeOf(outcome);
  if (trade) return { executed: true, replayed: true, trade };
  return { executed: false, replayed: true, reason: outcome.refusal ?? 'STOCK_NOT_FOUND' };
}

function inOrder(outcome: Outcome): (string | number | null)[] {
  const { key, name, side, quantity, number, priceCents, executedAt, refusalNumber, refusal } = outcome;
  return [key, name, side, quantity, number, priceCents, executedAt, refusalNumber, refusal];
}

function createTables(db: Database): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS outcome (
      key TEXT PRIMARY KEY, name TEXT NOT NULL, side TEXT NOT NULL, quantity INTEGER NOT NULL,
      number INTEGER, price_cents INTEGER, executed_at INTEGER, refusal_number INTEGER, refusal TEXT, checksum INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS outcome_by_number ON outcome (number) WHERE number IS NOT NULL;
    CREATE UNIQUE INDEX IF NOT EXISTS outcome_by_refusal ON outcome (refusal_number) WHERE refusal_number IS NOT NULL;
    CREATE TABLE IF NOT EXISTS order_group (
      only INTEGER PRIMARY KEY CHECK (only = 1), recorded_up_to INTEGER NOT NULL, term INTEGER NOT NULL, group_id TEXT,
      checksum INTEGER NOT NULL
    );
  `);
}

type StatementName =
  | 'find'
  | 'last'
  | 'lastRefusal'
  | 'executedAfter'
  | 'insert'
  | 'forgetRefusals'
  | 'heard'
  | 'markHeard'
  | 'page'
  | 'clear'
  | 'clearHeard';

function prepareStatements(db: Database): Record<StatementName, Statement> {
  return {
    find: db.prepare(`SELECT ${COLUMNS} FROM outcome WHERE key = ?`),
    last: db.prepare(
      'SELECT number, executed_at AS executedAt FROM outcome WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1',
    ),
    lastRefusal: db.prepare('SELECT max(refusal_number) FROM outcome WHERE refusal_number IS NOT NULL').pluck(),
    executedAfter: db.prepare(`SELECT ${COLUMNS} FROM outcome WHERE number > ? ORDER BY number LIMIT ?`),
    insert: db.prepare('INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    forgetRefusals: db.prepare('DELETE FROM outcome WHERE refusal_number <= ?'),
    heard: db.prepare(
      'SELECT recorded_up_to AS recordedUpTo, term AS orderTerm, group_id AS orderGroup, checksum FROM order_group',
    ),
    markHeard: db.prepare('INSERT OR REPLACE INTO order_group VALUES (1, ?, ?, ?, ?)'),
    page: db.prepare(`SELECT ${COLUMNS} FROM outcome WHERE key > ? ORDER BY key LIMIT ?`),
    clear: db.prepare('DELETE FROM outcome'),
    clearHeard: db.prepare('DELETE FROM order_group'),
  };
}
