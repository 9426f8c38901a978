import type { JSX } from 'preact';
import type { Stock, Trade } from './live';

interface MarketProps {
  readonly stocks: ReadonlyMap<string, Stock>;
  readonly trades: readonly Trade[];
}

/** The stocks as they change, and the last trades. */
export function Market({ stocks, trades }: MarketProps): JSX.Element {
  const sorted = [...stocks.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section class="market" aria-labelledby="market">
      <h2 id="market">The market</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Stocks">
        <table>
          <thead>
            <tr>
              <th scope="col">Stock</th>
              <th scope="col">Price</th>
              <th scope="col">Shares</th>
              <th scope="col">Traded</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ name, price, quantity, volume }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{price.toFixed(2)}</td>
                {/* Another key makes another element, whose animation begins. */}
                <td key={`quantity ${volume}`} class="flash">
                  {quantity}
                </td>
                <td>{volume}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>Last trades</h3>
      {trades.length === 0 && <p>Nobody has traded since this page was opened.</p>}
      <ol class="tape">
        {trades.map(({ number, name, type, quantity }) => (
          <li key={number}>
            <b>{number}</b> {type} {quantity} {name}
          </li>
        ))}
      </ol>
    </section>
  );
}
