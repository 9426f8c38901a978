import fc from 'fast-check';
import { expect } from 'vitest';
import { tradesAfter } from '../system/support/books.js';
import { ask, numberIn, orderText, place, type Reply, type Wish } from '../system/support/traffic.js';
import { CATALOGS, ORDERS, type Answer, type ExchangeModel, type Member } from './exchange-model.js';
import type { RealExchange } from './real-exchange.js';

type Command = fc.AsyncCommand<ExchangeModel, RealExchange>;

/** A trade with numbers in place of names, because names differ from run to run. */
interface Asked {
  readonly key: number;
  readonly stock: number;
  readonly type: 'buy' | 'sell';
  readonly quantity: number;
  readonly gateway: number;
}

/** Few keys, so that many are repeated, with the same body or another one; the third stock does not exist. */
const asked: fc.Arbitrary<Asked> = fc.record({
  key: fc.nat(9),
  stock: fc.constantFrom(0, 0, 0, 1, 1, 2),
  type: fc.constantFrom('buy', 'buy', 'sell'),
  quantity: fc.constantFrom(1, 5, 6, 7, 12),
  gateway: fc.nat(1),
});
const gateway = fc.nat(1);
const member: fc.Arbitrary<Member> = fc.constantFrom(...ORDERS, ...CATALOGS);

/** One action of a client or one fault. The real exchange must answer as the model does. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 24, arbitrary: asked.map(trade) },
  { weight: 4, arbitrary: asked.map(twiceAtOnce) },
  { weight: 4, arbitrary: fc.tuple(asked, fc.nat(6)).map(([one, ms]) => abandoned(one, ms)) },
  { weight: 4, arbitrary: asked.map(answerLost) },
  { weight: 16, arbitrary: fc.tuple(gateway, fc.nat(2)).map(([through, stock]) => lookup(through, stock)) },
  { weight: 4, arbitrary: fc.tuple(gateway, fc.nat(9)).map(([through, key]) => orderByKey(through, key)) },
  { weight: 4, arbitrary: fc.tuple(gateway, fc.nat(12)).map(([through, number]) => orderByNumber(through, number)) },
  { weight: 4, arbitrary: gateway.map(lists) },
  { weight: 2, arbitrary: member.map(takeDown) },
  { weight: 2, arbitrary: member.map(bringUp) },
  { weight: 1, arbitrary: fc.constant(restartGateway()) },
);

/** Expects the final state of the exchange to equal the model. */
export async function expectAllAsIn(model: ExchangeModel, real: RealExchange): Promise<void> {
  await real.bringUp(...model.down);
  for (const command of [lookup(0, 0), lookup(1, 0), lookup(0, 1), lists(1)]) await command.run(model, real);
}

function trade(one: Asked): Command {
  return command(`trade ${JSON.stringify(one)}`, async (model, real) => {
    const wish = wishOf(one, model);
    expect(answerOf(await place(real.url(one.gateway), wish))).toEqual(model.place(wish));
  });
}

/** Sends the same request through both gateways at once: expects one trade, and the same answer to both. */
function twiceAtOnce(one: Asked): Command {
  return command(`twice at once ${JSON.stringify(one)}`, async (model, real) => {
    const wish = wishOf(one, model);
    const replies = await Promise.all([0, 1].map((through) => place(real.url(through), wish)));
    const answer = model.place(wish);
    expect(replies.map(answerOf)).toEqual([answer, answer]);
  });
}

/** The client disconnects after some milliseconds, and repeats through the other gateway. */
function abandoned(one: Asked, ms: number): Command {
  const run = async (model: ExchangeModel, real: RealExchange): Promise<void> => {
    const wish = wishOf(one, model);
    await place(real.url(one.gateway), wish, AbortSignal.timeout(ms)).catch(() => undefined);
    expect(answerOf(await place(real.url(1 - one.gateway), wish))).toEqual(model.place(wish));
  };
  return command(`abandoned after ${ms} ms ${JSON.stringify(one)}`, run, (model) => model.hasQuorum);
}

/** The order leader answers, and the connection breaks before the answer arrives: the gateway repeats by itself. */
function answerLost(one: Asked): Command {
  const run = async (model: ExchangeModel, real: RealExchange): Promise<void> => {
    const wish = wishOf(one, model);
    expect(answerOf(await real.placeAndBreak(wish))).toEqual(model.place(wish));
  };
  return command(`answer lost ${JSON.stringify(one)}`, run, (model) => model.down.size === 0);
}

/** An answer that is not marked as stale is the newest; one that is marked was so once. */
function lookup(through: number, stock: number): Command {
  return command(`lookup of ${stock} through ${through}`, async (model, real) => {
    const name = model.nameOf(stock);
    const { status, text, cache } = await ask(real.url(through), `/stocks/${name}`);
    if (!model.canBeSure && status === 503) return;
    const quantity = model.stocks.get(name)?.quantity;
    expect(status).toBe(quantity === undefined ? 404 : 200);
    if (quantity === undefined) return;
    if (!model.canBeSure && cache !== 'HIT') expect(cache).toBe('STALE');
    const { data } = JSON.parse(text) as { data: { name: string; quantity: number } };
    expect(data.name).toBe(name);
    expect(cache === 'STALE' ? model.pastOf(name) : [quantity]).toContain(data.quantity);
  });
}

function orderByKey(through: number, key: number): Command {
  return command(`order of key ${key} through ${through}`, async (model, real) => {
    const found = model.find(model.keyOf(key));
    const { status, text } = await ask(real.url(through), `/orders?key=${model.keyOf(key)}`);
    expect(status).toBe(found.status);
    if (found.status === 200) expect(text).toBe(textOf(model, found.number));
  });
}

function orderByNumber(through: number, nth: number): Command {
  return command(`order ${nth} through ${through}`, async (model, real) => {
    const number = model.recordedBefore + nth + 1;
    const { status, text } = await ask(real.url(through), `/orders/${number}`);
    const isThere = nth < model.trades.length;
    expect(status).toBe(!model.hasQuorum ? 503 : isThere ? 200 : 404);
    if (status === 200) expect(text).toBe(textOf(model, number));
  });
}

/** Lists all trades, and the stocks with their volume. */
function lists(through: number): Command {
  const run = async (model: ExchangeModel, real: RealExchange): Promise<void> => {
    const trades = await tradesAfter(real.url(through), model.recordedBefore);
    expect(trades).toMatchObject(model.trades);
    expect(trades).toHaveLength(model.trades.length);
    const { text } = await ask(
      real.url(through),
      `/stocks?limit=${model.stocks.size}&after=${model.nameOf(0).slice(0, -1)}`,
    );
    const stocks = [...model.stocks].map(([name, { quantity, volume }]) => ({ name, quantity, volume }));
    expect(JSON.parse(text)).toMatchObject({ data: stocks });
  };
  return command(`lists through ${through}`, run, (model) => model.canBeSure);
}

function takeDown(which: Member): Command {
  return command(
    `take ${which} down`,
    (_, real) => real.takeDown(which),
    (model) => !model.down.has(which),
  );
}

function bringUp(which: Member): Command {
  return command(
    `bring ${which} up`,
    (_, real) => real.bringUp(which),
    (model) => model.down.has(which),
  );
}

function restartGateway(): Command {
  return command('restart a gateway', (_, real) => real.restartGateway());
}

function command(
  words: string,
  run: (model: ExchangeModel, real: RealExchange) => Promise<void>,
  check: (model: Readonly<ExchangeModel>) => boolean = () => true,
): Command {
  return { check, run, toString: () => words };
}

function wishOf({ key, stock, type, quantity }: Asked, model: ExchangeModel): Wish {
  return { key: model.keyOf(key), name: model.nameOf(stock), type, quantity };
}

function answerOf(reply: Reply): Answer | { readonly status: number; readonly text: string } {
  const { status, text, reason = '' } = reply;
  if (status === 200) return { status, number: numberIn(reply) };
  if (status === 404 || status === 422) return { status, reason };
  return status === 503 ? { status } : { status, text };
}

function textOf({ trades }: ExchangeModel, number: number): string {
  const found = trades.find((one) => one.number === number);
  if (!found) throw new Error(`the model has no trade ${number}`);
  return orderText(found, number);
}
