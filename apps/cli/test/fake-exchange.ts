import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isReason, MAX_TRADE_QUANTITY, REASONS, STOCK_NAME_PATTERN, type Reason } from '#contracts';

interface Listed {
  readonly name: string;
  readonly price: number;
  quantity: number;
  volume: number;
  readonly maxTradingVolume: number;
}

interface Recorded {
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly type: 'buy' | 'sell';
  readonly quantity: number;
}

/** The answer to a request, before it is sent. */
export interface Reply {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

type Fault = (
  request: { readonly method: string; readonly path: string },
  reply: Reply,
  exchange: FakeExchange,
) => void;

/** An exchange in memory with the HTTP contract, as far as the client needs it. A fault may spoil its answers or its books. */
export class FakeExchange {
  readonly stocks: Listed[] = [
    { name: 'Ford', price: 11.93, quantity: 500, volume: 0, maxTradingVolume: 0 },
    { name: 'BoarCo', price: 30.25, quantity: 500, volume: 0, maxTradingVolume: 100 },
  ];
  readonly trades: Recorded[] = [];
  private readonly server: Server;

  constructor(private readonly fault: Fault = () => undefined) {
    this.server = createServer((incoming, outgoing) => {
      void this.reply(incoming).then(({ status, body, headers }) => {
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
        outgoing.end(JSON.stringify(body));
      });
    });
  }

  /** Resolves to its address. */
  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        const address = this.server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
      });
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async reply(incoming: IncomingMessage): Promise<Reply> {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(url.pathname);
    const method = incoming.method ?? '';
    const reply = method === 'POST' ? this.post(incoming, text) : this.get(path, url.searchParams);
    this.fault({ method, path }, reply, this);
    return reply;
  }

  private get(path: string, query: URLSearchParams): Reply {
    const [, first, second] = path.split('/');
    if (query.get('limit') === '0') return refusal('INVALID_REQUEST');
    if (first === 'stocks' && second === undefined)
      return success(
        this.stocks.map((stock) => ({ ...stock })),
        { next: null },
      );
    if (first === 'trades') return this.tradesAfter(Number(query.get('after')));
    if (first === 'orders') return this.order(String(second));
    if (first !== 'stocks') return refusal('ROUTE_NOT_FOUND');
    if (!STOCK_NAME_PATTERN.test(String(second))) return refusal('INVALID_REQUEST');
    const stock = this.stocks.find(({ name }) => name === second);
    if (stock === undefined) return refusal('STOCK_NOT_FOUND');
    return success({ name: stock.name, price: stock.price, quantity: stock.quantity });
  }

  /** In pages of 50, so that a client has to turn them. */
  private tradesAfter(after: number): Reply {
    const page = this.trades.filter(({ number }) => number > after).slice(0, 50);
    return success(page, { next: page.length === 50 ? page[49]?.number : null });
  }

  private order(text: string): Reply {
    if (!/^[1-9]\d*$/.test(text)) return refusal('INVALID_REQUEST');
    const found = this.trades.find(({ number }) => number === Number(text));
    if (found === undefined) return refusal('ORDER_NOT_FOUND');
    return success({ number: found.number, name: found.name, type: found.type, quantity: found.quantity });
  }

  private post(incoming: IncomingMessage, text: string): Reply {
    const key = String(incoming.headers['idempotency-key']);
    if (incoming.headers['content-type'] !== 'application/json') return refusal('UNSUPPORTED_MEDIA_TYPE');
    if (text.length > 16_384) return refusal('BODY_TOO_LARGE');
    const wish = readWish(text);
    if (wish === undefined || key.length > 128) return refusal('INVALID_REQUEST');
    const known = this.trades.find((trade) => trade.key === key);
    if (known) return isSame(known, wish) ? placed(known) : refusal('IDEMPOTENCY_KEY_REUSED');
    const stock = this.stocks.find(({ name }) => name === wish.name);
    if (stock === undefined) return refusal('STOCK_NOT_FOUND');
    if (stock.maxTradingVolume > 0 && wish.quantity > stock.maxTradingVolume) {
      return refusal('MAX_TRADING_VOLUME_EXCEEDED');
    }
    if (wish.type === 'buy' && wish.quantity > stock.quantity) return refusal('NOT_ENOUGH_STOCKS');
    stock.quantity += wish.type === 'buy' ? -wish.quantity : wish.quantity;
    stock.volume += wish.quantity;
    const trade = { number: this.trades.length + 1, key, ...wish };
    this.trades.push(trade);
    return placed(trade);
  }
}

function isSame(known: Recorded, { name, type, quantity }: Pick<Recorded, 'name' | 'type' | 'quantity'>): boolean {
  return known.name === name && known.type === type && known.quantity === quantity;
}

function placed({ number, key }: Recorded): Reply {
  const headers = { location: `/orders/${number}`, 'idempotency-key': key };
  return { ...success({ transaction_number: number }), headers };
}

function readWish(text: string): Pick<Recorded, 'name' | 'type' | 'quantity'> | undefined {
  try {
    const { name, type, quantity, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const isWish =
      typeof name === 'string' &&
      (type === 'buy' || type === 'sell') &&
      Number.isSafeInteger(quantity) &&
      Number(quantity) >= 1 &&
      Number(quantity) <= MAX_TRADE_QUANTITY &&
      Object.keys(rest).length === 0;
    return isWish ? { name, type, quantity: Number(quantity) } : undefined;
  } catch {
    return undefined;
  }
}

function success(data: unknown, more: object = {}): Reply {
  return { status: 200, body: { data, ...more }, headers: {} };
}

export function refusal(reason: Reason): Reply {
  if (!isReason(reason)) throw new RangeError(`no reason ${String(reason)}`);
  const { code, message } = REASONS[reason];
  return { status: code, body: { error: { code, message, reason } }, headers: {} };
}
