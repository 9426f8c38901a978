import { ExitCode, type NamedMember } from '#service-kit';
import type { ExchangeClient } from '#exchange';
import { LOG_PATTERN, type LoggedEntry, type LogPage } from '#replication';
import { CliError } from '../cli-error.js';

const ASK_TIMEOUT_MS = 3000;
const ENTRIES_AT_ONCE = 1000;

/** A part of one replica's log, with what is known of the whole. */
export type LogExtract = Omit<LogPage, 'entries'> & { readonly entries: readonly LoggedEntry[] };

/** Reads the log of one order replica or catalog, leader or not. */
export class ReplicaLog {
  constructor(
    private readonly of: NamedMember,
    private readonly client: ExchangeClient,
  ) {}

  /** At most `limit` entries from index `from` on; the last ones when `from` is undefined. */
  async read(from: number | undefined, limit: number): Promise<LogExtract> {
    let page = await this.ask(Number.MAX_SAFE_INTEGER, 1);
    let next = Math.max(page.firstIndex, from ?? page.lastIndex - limit + 1);
    const entries: LoggedEntry[] = [];
    while (entries.length < limit && next <= page.lastIndex) {
      page = await this.ask(next, limit - entries.length);
      const last = page.entries.at(-1);
      if (last === undefined) break;
      entries.push(...page.entries);
      next = last.index + 1;
    }
    return { ...page, entries };
  }

  private async ask(from: number, limit: number): Promise<LogPage> {
    const asked = { from, limit: Math.min(limit, ENTRIES_AT_ONCE) };
    const result = await this.client.ask<LogPage>(this.of.id, LOG_PATTERN, asked, ASK_TIMEOUT_MS);
    if ('answer' in result) return result.answer;
    throw new CliError(
      `${this.of.name} ${result.why}; nothing was changed`,
      `\`bazaar status\` shows who is up, \`bazaar restart ${this.of.name}\` starts it again`,
      ExitCode.Unavailable,
    );
  }
}
