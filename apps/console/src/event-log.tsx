import type { JSX } from 'preact';
import type { Incident } from './live';

/** The events since the page was opened, the latest first. */
export function EventLog({ incidents }: { readonly incidents: readonly Incident[] }): JSX.Element {
  return (
    <section class="events" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <div class="scroll" role="log" aria-labelledby="events" tabIndex={0}>
        <ol>
          {incidents.length === 0 && <li>Nothing has happened since this page was opened.</li>}
          {incidents.map(({ at, kind, text }, i) => (
            <li key={incidents.length - i} class={kind}>
              <time dateTime={at}>{at.slice(11, 19)}</time> {text}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
