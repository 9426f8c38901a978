import { randomBytes } from 'node:crypto';
import { type ExchangeApi, type HttpAnswer, isRecord, NetworkFailure, type TradeWish } from '#harness';
import { isReason, REASONS } from '#contracts';
import { paint } from '../terminal/terminal.js';
import { answerWords } from '../workload/answer-words.js';
import { errorOf, nameOfAnswer, numberOfTrade } from '../workload/answers.js';
import { differences } from '../workload/compare.js';
import { Ledger } from '../workload/ledger.js';
import { timesSummary } from '../workload/times-summary.js';
import { parseShellLine, USAGES, type ShellLine } from './shell-line.js';

/** Answers of one line that are shown; of more of them only the summary is. */
const ANSWERS_SHOWN = 10;
const DIFFERENCES_SHOWN = 10;

type Repeated = Extract<ShellLine, { readonly times: number }>;

/** One user's session at the prompt. It keeps every trade, so that they can be checked. */
export class ShellSession {
  private readonly ledger = new Ledger(`shell-${randomBytes(6).toString('hex')}-`);

  /** @param print takes each line for the user */
  constructor(
    private readonly exchange: ExchangeApi,
    private readonly print: (line: string) => void,
  ) {}

  /**
   * Does what a line says.
   * @param signal ends it early
   * @returns whether it went well
   */
  async run(line: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.carryOut(parseShellLine(line), signal);
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      this.print(`${paint('red', error.message)}; try again, or look with \`bazaar status\``);
      return false;
    }
  }

  private async carryOut(read: ShellLine, signal: AbortSignal): Promise<boolean> {
    switch (read.command) {
      case 'nothing':
      case 'quit':
        return true;
      case 'mistake':
        this.print(paint('red', read.problem));
        return false;
      case 'help':
        this.print(helpText());
        return true;
      case 'check':
        return this.check(signal);
      case 'lookup':
      case 'buy':
      case 'sell':
      case 'order':
        return this.repeat(read, signal);
    }
  }

  private async repeat(line: Repeated, signal: AbortSignal): Promise<boolean> {
    const answers: HttpAnswer[] = [];
    let isWell = true;
    while (answers.length < line.times && !signal.aborted) {
      const answer = await this.send(line);
      answers.push(answer);
      isWell &&= answer.status < 300;
      if (line.times <= ANSWERS_SHOWN || answer.status >= 300)
        this.print(`${answerWords(answer, wishOf(line))}  ${paint('dim', `${answer.elapsedMs.toFixed(1)} ms`)}`);
      if (answer.status >= 300 && line.times > ANSWERS_SHOWN) break;
    }
    if (answers.length > 1) this.print(paint('dim', timesSummary(answers)));
    return isWell;
  }

  private send(line: Repeated): Promise<HttpAnswer> {
    if (line.command === 'lookup') return this.exchange.lookup(line.name);
    return line.command === 'order' ? this.exchange.order(line.number) : this.trade(line);
  }

  private async trade({ command: type, name, quantity }: Extract<Repeated, TradeLine>): Promise<HttpAnswer> {
    const key = this.ledger.nextKey();
    const wish = { name, type, quantity };
    // Until there is an answer: the connection may break.
    this.ledger.unknown.set(key, wish);
    const answer = await this.exchange.trade(wish, key);
    this.settle(answer, wish, key);
    return answer;
  }

  private settle(answer: HttpAnswer, wish: TradeWish, key: string): void {
    const number = numberOfTrade(answer);
    if (number !== undefined) this.ledger.keep({ ...wish, number, key, answeredAt: performance.now() });
    const { reason } = errorOf(answer);
    const isSettled = number !== undefined || (isReason(reason) && REASONS[reason].executed !== 'unknown');
    if (isSettled) this.ledger.unknown.delete(key);
  }

  /** Sends trades without a clear answer again, with their keys, and compares all trades with what is recorded. */
  private async check(signal: AbortSignal): Promise<boolean> {
    const wrong: string[] = [];
    for (const [key, wish] of [...this.ledger.unknown]) this.settle(await this.exchange.trade(wish, key), wish, key);
    for (const key of this.ledger.unknown.keys()) wrong.push(`the trade with key ${key} has no clear answer yet`);
    for (const { number, name, type, quantity } of this.ledger.kept) {
      if (signal.aborted) break;
      const answer = await this.exchange.order(number);
      const data = isRecord(answer.json) ? answer.json['data'] : undefined;
      if (answer.status !== 200) wrong.push(`order ${number} is answered ${nameOfAnswer(answer)}`);
      else wrong.push(...differences({ number, name, type, quantity }, data, `order ${number}`));
    }
    for (const difference of wrong.slice(0, DIFFERENCES_SHOWN)) this.print(paint('red', difference));
    const { length } = this.ledger.kept;
    if (wrong.length === 0)
      this.print(
        length === 0 ? 'no trades yet' : `${length} ${length === 1 ? 'trade' : 'trades'}, recorded as acknowledged`,
      );
    return wrong.length === 0;
  }
}

interface TradeLine {
  readonly command: 'buy' | 'sell';
}

function wishOf(line: Repeated): TradeWish | undefined {
  return line.command === 'buy' || line.command === 'sell' ? { ...line, type: line.command } : undefined;
}

function helpText(): string {
  const rows = Object.entries(USAGES).map(([name, [words, about]]) => `  ${`${name} ${words}`.padEnd(14)} ${about}`);
  return [
    ...rows,
    '',
    'Put x5 behind lookup, buy, sell or order to send it 5 times. Tab completes commands and names.',
  ].join('\n');
}
