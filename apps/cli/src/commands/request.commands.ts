import { randomUUID } from 'node:crypto';
import { ExchangeApi, type HttpAnswer, HttpClient, NetworkFailure, type TradeWish } from '#harness';
import { MAX_TRADE_QUANTITY, type TradeType } from '#contracts';
import { ExitCode } from '#service-kit';
import type { Command } from 'commander';
import { unreachable } from '../cli-error.js';
import { isOutputGone } from '../terminal/output.js';
import { note, paint, print, printJson } from '../terminal/terminal.js';
import { answerWords } from '../workload/answer-words.js';
import { errorOf, nameOfAnswer } from '../workload/answers.js';
import { timesSummary } from '../workload/times-summary.js';
import { wholeNumber } from './arguments.js';
import { ending } from '../ending.js';

interface RequestOptions {
  readonly url: string;
  readonly timeout: number;
  readonly times: number;
  readonly json?: boolean;
}

/** A request, and the trade that it asks for, if any. */
interface Request {
  readonly send: (exchange: ExchangeApi) => Promise<HttpAnswer>;
  readonly wish?: TradeWish;
}

/** Headers that tell something about an answer. */
const SHOWN_HEADERS = ['x-request-id', 'x-cache', 'location', 'idempotency-key', 'idempotent-replayed', 'retry-after'];

/** `bazaar client lookup NAME` and its like: one request, as often as wanted. */
export function addRequestCommands(client: Command): void {
  const parseQuantity = wholeNumber(1, MAX_TRADE_QUANTITY);
  const add = (usage: string, what: string): Command =>
    client
      .command(usage)
      .description(what)
      .option('--times <k>', 'how many times to send it, one after another', wholeNumber(1, 1_000_000), 1)
      .configureHelp({ showGlobalOptions: true });

  add('lookup <name>', 'show price and quantity of a stock').action(
    ending((name: string, _: unknown, command: Command) =>
      repeat(command, { send: (exchange) => exchange.lookup(name) }),
    ),
  );
  for (const type of ['buy', 'sell'] satisfies TradeType[]) {
    add(`${type} <name>`, `${type} shares of a stock`)
      .argument('<quantity>', 'shares', parseQuantity)
      .action(
        ending((name: string, quantity: number, _: unknown, command: Command) => {
          const wish = { name, type, quantity };
          // Each repeat is a trade of its own, so each has its own key.
          return repeat(command, { wish, send: (exchange) => exchange.trade(wish, randomUUID()) });
        }),
      );
  }
  add('order <number>', 'show a recorded order').action(
    ending((number: string, _: unknown, command: Command) =>
      repeat(command, { send: (exchange) => exchange.order(number) }),
    ),
  );
}

async function repeat(command: Command, { send, wish }: Request): Promise<number> {
  const options = command.optsWithGlobals<RequestOptions>();
  const http = new HttpClient({ url: options.url, connections: 1, timeoutMs: options.timeout });
  const answers: HttpAnswer[] = [];
  try {
    for (let sent = 0; sent < options.times && !isOutputGone(); sent += 1) {
      const answer = await send(new ExchangeApi(http));
      answers.push(answer);
      if (options.json !== true) printAnswer(answer, wish);
    }
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    throw unreachable(options.url, error.message);
  } finally {
    http.close();
  }
  if (options.json === true) printJson(answers.map(asDocument));
  else if (answers.length > 1) note(timesSummary(answers));
  return exitCodeOf(answers);
}

/** In words for a person at a terminal; as it came for everybody else. */
function printAnswer(answer: HttpAnswer, wish: TradeWish | undefined): void {
  const status = paint(answer.status < 300 ? 'green' : 'red', String(answer.status));
  const headers = Object.entries(shownHeaders(answer)).map(([name, value]) => `${name}: ${value}`);
  const elapsed = `${answer.elapsedMs.toFixed(1)} ms`;
  if (process.stdout.isTTY) print(`${answerWords(answer, wish)}  ${paint('dim', elapsed)}`);
  else print(`${status} ${answer.text}  ${[...headers, elapsed].join('  ')}`);
}

function asDocument(answer: HttpAnswer): object {
  const { status, json, text, elapsedMs } = answer;
  return { status, headers: shownHeaders(answer), body: json ?? text, elapsedMs };
}

function shownHeaders({ headers }: HttpAnswer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SHOWN_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

function exitCodeOf(answers: readonly HttpAnswer[]): number {
  const failed = answers.find((answer) => answer.status >= 300);
  if (failed === undefined) return ExitCode.Done;
  note(`What to try: ${adviceFor(failed)}`);
  return failed.status === 503 ? ExitCode.Unavailable : ExitCode.Failed;
}

function adviceFor(answer: HttpAnswer): string {
  const { hint } = errorOf(answer);
  if (typeof hint === 'string') return hint;
  if (answer.status === 503) return '`bazaar status` shows which processes are up';
  if (answer.status === 504) return 'ask for its outcome with GET /orders?key= and the idempotency key above';
  if (nameOfAnswer(answer).endsWith('STOCK_NOT_FOUND')) return 'capitals matter in names; GET /stocks lists them';
  return 'correct what the answer says and repeat';
}
