import { type HttpAnswer, isRecord, type TradeWish } from '#harness';
import { REASONS, type Reason } from '#contracts';
import { differences } from './compare.js';

/** `422 NOT_ENOUGH_STOCKS`: how an answer that is no success is named in a report. */
export function nameOfAnswer(answer: HttpAnswer): string {
  const { reason } = errorOf(answer);
  return typeof reason === 'string' ? `${answer.status} ${reason}` : `${answer.status} without a reason`;
}

/** The members of `{"error": …}`; none when the answer has another form. */
export function errorOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  const error = isRecord(answer.json) ? answer.json['error'] : undefined;
  return isRecord(error) ? error : {};
}

/** Lists the faults in the form of a refusal that should carry `reason`. */
export function faultsOfRefusal(answer: HttpAnswer, reason: Reason): readonly string[] {
  const error = errorOf(answer);
  const { code } = REASONS[reason];
  const faults: string[] = [];
  if (answer.status !== code || error['reason'] !== reason) {
    faults.push(`answered ${nameOfAnswer(answer)}, not ${code} ${reason}`);
  } else {
    if (error['code'] !== code) faults.push(`error.code is ${JSON.stringify(error['code'])}, not ${code}`);
    if (typeof error['message'] !== 'string' || error['message'] === '') faults.push('error.message is missing');
  }
  return faults;
}

/** Lists the faults in the answer to a lookup that succeeded. */
export function faultsOfLookup(answer: HttpAnswer, name: string): readonly string[] {
  const stock = isRecord(answer.json) ? answer.json['data'] : undefined;
  const { price, quantity } = isRecord(stock) ? stock : {};
  const faults = [...differences({ data: { name, price, quantity } }, answer.json)];
  if (typeof price !== 'number') faults.push(`price is ${JSON.stringify(price)}`);
  if (!Number.isSafeInteger(quantity) || Number(quantity) < 0) faults.push(`quantity is ${JSON.stringify(quantity)}`);
  return faults;
}

/** Lists the faults in the answer to a trade that succeeded. */
export function faultsOfTrade(answer: HttpAnswer, key: string): readonly string[] {
  const number = numberOfTrade(answer);
  if (number === undefined) return [`the body is ${answer.text.slice(0, 200)}, without a transaction number`];
  return [
    ...differences({ data: { transaction_number: number } }, answer.json),
    ...headerFaults(answer, 'location', `/orders/${number}`),
    ...headerFaults(answer, 'idempotency-key', key),
  ];
}

export function numberOfTrade(answer: HttpAnswer): number | undefined {
  const data = isRecord(answer.json) ? answer.json['data'] : undefined;
  const number = isRecord(data) ? data['transaction_number'] : undefined;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** Whether the rules of the exchange allow to refuse this trade for this reason. */
export function isExplained(reason: unknown, wish: TradeWish, maxTradingVolume: number): boolean {
  switch (reason) {
    case 'NOT_ENOUGH_STOCKS':
      return wish.type === 'buy';
    case 'STOCK_LIMIT_EXCEEDED':
      return wish.type === 'sell';
    case 'MAX_TRADING_VOLUME_EXCEEDED':
      return maxTradingVolume > 0 && wish.quantity > maxTradingVolume;
    default:
      return false;
  }
}

function headerFaults(answer: HttpAnswer, name: string, expected: string): readonly string[] {
  const found = answer.headers[name];
  return found === expected ? [] : [`the header ${name} is ${JSON.stringify(found)}, it should be "${expected}"`];
}
