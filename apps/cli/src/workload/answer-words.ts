import { type HttpAnswer, isRecord, type TradeWish } from '#harness';
import { errorOf, nameOfAnswer, numberOfTrade } from './answers.js';
import { paint } from '../terminal/terminal.js';

/** One answer of the gateway as a person reads it: to a lookup, to the trade `wish`, or to the question for an order. */
export function answerWords(answer: HttpAnswer, wish?: TradeWish): string {
  const words = answer.status < 300 ? successWords(answer, wish) : undefined;
  return words ?? failureWords(answer);
}

function successWords(answer: HttpAnswer, wish: TradeWish | undefined): string | undefined {
  if (wish !== undefined) {
    const number = numberOfTrade(answer);
    const isRepeat = answer.headers['idempotent-replayed'] === 'true' ? ', as answered before' : '';
    return number === undefined ? undefined : `${tradeWords(wish)}: order ${number}${isRepeat}`;
  }
  const data = isRecord(answer.json) ? answer.json['data'] : undefined;
  if (!isRecord(data)) return undefined;
  const { name, type, price, quantity, number } = data;
  if (typeof price === 'number')
    return `${String(name)}: ${String(quantity)} shares at ${price.toFixed(2)}${cacheWords(answer)}`;
  return `order ${String(number)}: ${tradeWords({ name: String(name), type: type === 'sell' ? 'sell' : 'buy', quantity: Number(quantity) })}`;
}

function failureWords(answer: HttpAnswer): string {
  const { message, reason } = errorOf(answer);
  if (typeof message !== 'string') return `${paint('red', String(answer.status))} ${answer.text}`;
  // Whoever does not know the outcome needs the key to ask for it.
  const key = reason === 'OUTCOME_UNKNOWN' ? `, idempotency key ${String(answer.headers['idempotency-key'])}` : '';
  return `${paint('red', message)} (${nameOfAnswer(answer)}${key})`;
}

function tradeWords({ type, quantity, name }: TradeWish): string {
  return `${type === 'buy' ? 'bought' : 'sold'} ${quantity} ${name}`;
}

/** An answer that may be out of date says so in plain words; for the rest it is a matter of speed. */
function cacheWords({ headers }: HttpAnswer): string {
  const cache = headers['x-cache'];
  if (cache === 'STALE') return " (may be out of date: the order replicas can't be asked for later trades)";
  return typeof cache === 'string' ? ` (cache ${cache.toLowerCase()})` : '';
}
