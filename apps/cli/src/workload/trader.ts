import { setTimeout as pause } from 'node:timers/promises';
import {
  type ExchangeApi,
  type HttpAnswer,
  isRecord,
  type ListedStock,
  NetworkFailure,
  type TradeWish,
} from '#harness';
import { isReason, REASONS } from '#contracts';
import {
  errorOf,
  faultsOfLookup,
  faultsOfRefusal,
  faultsOfTrade,
  isExplained,
  nameOfAnswer,
  numberOfTrade,
} from './answers.js';
import { invalidKinds, reusedKey, type InvalidKind } from './invalid-requests.js';
import type { Ledger } from './ledger.js';
import { choose, integerBetween, type Random } from './random.js';
import type { RequestKind, Tally } from './tally.js';

/** After a failure, so that a gateway that is down is not asked thousands of times a second. */
export const PAUSE_AFTER_FAILURE_MS = 50;
const LARGEST_TRADE = 10;

export interface TraderOptions {
  readonly stocks: readonly ListedStock[];
  /** Of all stocks, also those that are not traded: to show refusals. */
  readonly allStocks: readonly ListedStock[];
  readonly tradeProbability: number;
  readonly invalidProbability: number;
}

/** One connection's part of the workload: one request after the other. */
export class Trader {
  private lastNumber = 0;
  private readonly kinds: readonly InvalidKind[];
  private nextKind = 0;

  constructor(
    private readonly exchange: ExchangeApi,
    private readonly ledger: Ledger,
    private readonly tally: Tally,
    private readonly random: Random,
    private readonly options: TraderOptions,
    /** Called with one line per request. */
    private readonly trace: (line: string) => void,
  ) {
    this.kinds = invalidKinds(options.allStocks);
    this.nextKind = integerBetween(random, 0, this.kinds.length - 1);
  }

  /** One round: a lookup of a random stock and perhaps a trade of it; or a request that must be refused. */
  async round(): Promise<void> {
    if (this.random() < this.options.invalidProbability) return this.sendInvalid();
    const stock = choose(this.random, this.options.stocks);
    const available = await this.lookup(stock.name);
    // Drawn in every round, so that one answer does not shift all choices after it.
    const chance = this.random();
    const wish = drawWish(this.random, stock.name);
    if (available === undefined || available === 0 || chance >= this.options.tradeProbability) return;
    await this.trade(wish, stock.maxTradingVolume);
  }

  /** The quantity that a lookup showed; undefined when it failed. */
  private async lookup(name: string): Promise<number | undefined> {
    const answer = await this.send('lookup', `lookup ${name}`, () => this.exchange.lookup(name));
    if (!(answer instanceof NetworkFailure) && answer.status === 200) {
      this.report(`lookup of ${name}`, faultsOfLookup(answer, name));
      const data = isRecord(answer.json) ? answer.json['data'] : undefined;
      return isRecord(data) ? Number(data['quantity']) : undefined;
    }
    await this.failed(answer);
    return undefined;
  }

  private async trade(wish: TradeWish, maxTradingVolume: number): Promise<void> {
    const key = this.ledger.nextKey();
    const what = `${wish.type} ${wish.quantity} ${wish.name}`;
    const answer = await this.send(wish.type, what, () => this.exchange.trade(wish, key));
    if (answer instanceof NetworkFailure) {
      (answer.mayHaveArrived ? this.ledger.unknown : this.ledger.refused).set(key, wish);
      return this.failed(answer);
    }
    if (answer.status === 200) {
      this.acknowledged(answer, wish, key);
      return;
    }
    const { reason } = errorOf(answer);
    const isUnknown = !isReason(reason) || REASONS[reason].executed === 'unknown';
    (isUnknown ? this.ledger.unknown : this.ledger.refused).set(key, wish);
    if (!isReason(reason) || !isExplained(reason, wish, maxTradingVolume)) return this.failed(answer);
    this.tally.refusals.add(nameOfAnswer(answer));
    this.report(what, faultsOfRefusal(answer, reason));
  }

  private acknowledged(answer: HttpAnswer, wish: TradeWish, key: string): void {
    this.report(`${wish.type} with key ${key}`, faultsOfTrade(answer, key));
    const number = numberOfTrade(answer);
    if (number === undefined) return;
    const answeredAt = performance.now();
    this.tally.throughput.trade(answeredAt);
    if (!this.ledger.keep({ ...wish, number, key, answeredAt }))
      this.tally.mismatch(`number ${number} was given to two trades`);
    // This connection asked for the trade after the one before had been acknowledged.
    if (number <= this.lastNumber) {
      this.tally.mismatch(
        `trade ${number} was asked for after ${this.lastNumber} was acknowledged, but has no larger number`,
      );
    }
    this.lastNumber = Math.max(this.lastNumber, number);
  }

  private async sendInvalid(): Promise<void> {
    const kind = this.chooseInvalid();
    const key = this.ledger.nextKey();
    const answer = await this.send('invalid', kind.name, () => this.exchange.http.send(kind.request(key)));
    this.ledger.refused.set(key, undefined);
    if (answer instanceof NetworkFailure || answer.status >= 500 || answer.status === 429) return this.failed(answer);
    this.tally.invalid.add(`${kind.name} -> ${nameOfAnswer(answer)}`);
    this.report(kind.name, faultsOfRefusal(answer, kind.reason));
  }

  /** Each kind in turn, so that a short run shows all of them. */
  private chooseInvalid(): InvalidKind {
    this.nextKind = (this.nextKind + 1) % (this.kinds.length + 1);
    const kept = this.ledger.kept[0];
    return this.kinds[this.nextKind] ?? (kept ? reusedKey(kept) : choose(this.random, this.kinds));
  }

  private async send(
    kind: RequestKind,
    what: string,
    request: () => Promise<HttpAnswer>,
  ): Promise<HttpAnswer | NetworkFailure> {
    try {
      const answer = await request();
      this.tally.answered(kind, answer.elapsedMs);
      this.trace(`${what} -> ${answer.status} ${answer.text} (${answer.elapsedMs.toFixed(1)} ms)`);
      return answer;
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      this.trace(`${what} -> ${error.message}`);
      return error;
    }
  }

  private async failed(answer: HttpAnswer | NetworkFailure): Promise<void> {
    this.tally.errors.add(answer instanceof NetworkFailure ? answer.message : nameOfAnswer(answer));
    await pause(PAUSE_AFTER_FAILURE_MS);
  }

  private report(what: string, faults: readonly string[]): void {
    for (const fault of faults) this.tally.mismatch(`${what}: ${fault}`);
  }
}

/** A trade of a stock as the loads make it: half of them buys, all of few shares. */
export function drawWish(random: Random, name: string): TradeWish {
  return { name, type: random() < 0.5 ? 'buy' : 'sell', quantity: integerBetween(random, 1, LARGEST_TRADE) };
}
