export interface Order {
  readonly name: string;
  readonly type: string;
  readonly quantity: number;
}

/** The answer to an order. Neither a number nor an error means that there was none. */
export interface OrderAnswer {
  /** HTTP status; undefined without an answer. */
  readonly status?: number;
  readonly number?: number;
  /** Whether the key had this outcome before. */
  readonly isRepeat: boolean;
  /** Whether it was executed, where the gateway's error tells. */
  readonly executed?: string;
  /** In words. */
  readonly text: string;
}

/** Sends an order. Never rejects. */
export async function placeOrder(order: Order, key: string): Promise<OrderAnswer> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const response = await fetch('orders', { method: 'POST', headers, body: JSON.stringify(order) });
    const { status } = response;
    const { data, error } = (await response.json()) as Body;
    const isRepeat = response.headers.get('idempotent-replayed') === 'true';
    if (!data) {
      const text = `${status} ${error?.message}${error?.hint ? `; ${error.hint}` : ''}`;
      return { status, isRepeat, text, ...(error?.executed !== undefined && { executed: error.executed }) };
    }
    const number = data.transaction_number;
    const repeated = isRepeat ? ', the same answer again: nothing was traded twice' : '';
    return { status, number, isRepeat, text: `order ${number}${repeated}` };
  } catch {
    return { isRepeat: false, text: 'no answer: whether it was executed is unknown; send it again' };
  }
}

interface Body {
  readonly data?: { readonly transaction_number: number };
  readonly error?: { readonly message: string; readonly hint?: string; readonly executed?: string };
}

/** `crypto.randomUUID` is there only for pages from a secure origin. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
