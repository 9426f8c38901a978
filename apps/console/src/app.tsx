import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Charts } from './charts';
import { EventLog } from './event-log';
import { Group } from './group';
import type { Live } from './live';
import { Market } from './market';
import { TradeForm } from './trade-form';

const CONNECTION = {
  connecting: 'connecting …',
  open: 'live',
  lost: 'This page has lost its gateway and tries again. Trades go on at the others.',
} as const;

/** The whole page. It is drawn anew at most once in each frame. */
export function App({ live }: { readonly live: Live }): JSX.Element {
  const [, draw] = useState(0);
  useEffect(() => live.listen(() => draw((frame) => frame + 1)), [live]);
  return (
    <>
      <header>
        <h1>Stock Bazaar</h1>
        <p class={`connection ${live.connection}`} role="status">
          {CONNECTION[live.connection]}
        </p>
        <nav aria-label="More">
          <a href="./docs">API</a> <a href="./metrics">metrics</a>
        </nav>
      </header>
      <main>
        <Group processes={live.processes} />
        <Market stocks={live.stocks} trades={live.trades} />
        <TradeForm names={[...live.stocks.keys()].sort()} />
        <EventLog incidents={live.incidents} />
        <Charts samples={live.samples} incidents={live.incidents} />
      </main>
    </>
  );
}
