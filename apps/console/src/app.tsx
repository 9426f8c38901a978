import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Charts } from './charts';
import type { Demo } from './demo/demo';
import { EventLog } from './event-log';
import { Group } from './group';
import type { Live } from './live';
import { Market } from './market';
import { Guide } from './tour/guide';
import { Tour } from './tour/tour';
import { TradeForm } from './trade-form';

const CONNECTION = {
  connecting: 'connecting …',
  open: 'live',
  lost: 'This page has lost its gateway and tries again. Trades go on at the others.',
} as const;

interface AppProps {
  readonly live: Live;
  readonly demo: Demo | undefined;
}

/** The whole page. It is drawn anew at most once in each frame. */
export function App({ live, demo }: AppProps): JSX.Element {
  const [, setFrame] = useState(0);
  const draw = useCallback(() => setFrame((frame) => frame + 1), []);
  useEffect(() => live.listen(draw), [live]);
  useEffect(() => demo?.listen(draw), [demo]);
  const tour = useMemo(() => demo && new Tour(demo, live, draw), [demo, live]);
  return (
    <>
      <header>
        <h1>Stock Bazaar</h1>
        <p class={`connection ${live.connection}`} role="status">
          {CONNECTION[live.connection]}
        </p>
        <nav aria-label="More">
          <a href="./design/order.html">how it works</a> <a href="./docs">API</a> <a href="./metrics">metrics</a>
        </nav>
      </header>
      <main>
        <Group processes={live.processes} demo={demo} isBusy={tour?.isUnderWay === true} />
        {demo && tour && <Guide tour={tour} demo={demo} />}
        <Market stocks={live.stocks} trades={live.trades} />
        <TradeForm names={[...live.stocks.keys()].sort()} />
        <EventLog incidents={live.incidents} />
        <Charts samples={live.samples} incidents={live.incidents} />
      </main>
    </>
  );
}
