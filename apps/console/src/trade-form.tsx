import { useState } from 'preact/hooks';
import type { JSX, TargetedEvent } from 'preact';
import { newKey, placeOrder, type Order } from './orders';

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
    setSent({ order, key, answers: [(await placeOrder(order, key)).text, ...earlier] });
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
