import { useState } from 'preact/hooks';
import type { JSX, TargetedEvent } from 'preact';

interface Order {
  readonly name: string;
  readonly type: string;
  readonly quantity: number;
}

interface Sent {
  readonly order: Order;
  readonly key: string;
  /** Answers in words, the latest first. */
  readonly answers: readonly string[];
}

/** Buys and sells, and shows that a repeat with the same key gets the same answer. */
export function TradeForm({ names }: { readonly names: readonly string[] }): JSX.Element {
  const [sent, setSent] = useState<Sent>();
  const send = async (order: Order, key: string, earlier: readonly string[]): Promise<void> => {
    setSent({ order, key, answers: [await place(order, key), ...earlier] });
  };
  const submit = (event: TargetedEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: string): string => form.get(field) as string;
    void send({ name: text('name'), type: text('type'), quantity: Number(text('quantity')) }, newKey(), []);
  };
  return (
    <section class="trade" aria-labelledby="trade">
      <h2 id="trade">Trade</h2>
      <form onSubmit={submit}>
        <label>
          Stock{' '}
          <select name="name" required>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend>Type</legend>
          <label>
            <input type="radio" name="type" value="buy" defaultChecked /> buy
          </label>
          <label>
            <input type="radio" name="type" value="sell" /> sell
          </label>
        </fieldset>
        <label>
          Shares <input name="quantity" type="number" min="1" max="1000000000" defaultValue="1" required />
        </label>
        <button disabled={names.length === 0}>Send</button>
      </form>
      {sent && (
        <div class="sent">
          <p>
            Idempotency key <code>{sent.key}</code>{' '}
            <button type="button" onClick={() => void send(sent.order, sent.key, sent.answers)}>
              Send it again
            </button>
          </p>
          <div role="log" aria-label="Answers">
            <ol>
              {sent.answers.map((answer, i) => (
                <li key={sent.answers.length - i}>{answer}</li>
              ))}
            </ol>
          </div>
        </div>
      )}
    </section>
  );
}

async function place(order: Order, key: string): Promise<string> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const response = await fetch('orders', { method: 'POST', headers, body: JSON.stringify(order) });
    const { data, error } = (await response.json()) as Answer;
    if (error) return `${response.status} ${error.message}${error.hint ? `; ${error.hint}` : ''}`;
    const isRepeat = response.headers.get('idempotent-replayed') === 'true';
    return `order ${data?.transaction_number}${isRepeat ? ', the same answer again: nothing was traded twice' : ''}`;
  } catch {
    return 'no answer: whether it was executed is unknown; send it again';
  }
}

interface Answer {
  readonly data?: { readonly transaction_number: number };
  readonly error?: { readonly message: string; readonly hint?: string };
}

/** `crypto.randomUUID` is there only for pages from a secure origin. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
