import type { JSX } from 'preact';
import type { Process } from './live';

/** Entries that a log strip shows. */
const STRIP = 32;

/** Every process with its role, its log and its lease. */
export function Group({ processes }: { readonly processes: readonly Process[] }): JSX.Element {
  const end = Math.max(0, ...processes.map(({ lastIndex }) => lastIndex ?? 0));
  return (
    <section class="group" aria-labelledby="group">
      <h2 id="group">The group</h2>
      <ul class="processes">
        {processes.map((process) => (
          <ProcessCard key={process.process} process={process} end={end} />
        ))}
      </ul>
      <p class="legend" aria-hidden="true">
        <i class="applied" /> applied <i class="committed" /> committed <i class="proposed" /> in the log{' '}
        <i class="missing" /> not there
      </p>
    </section>
  );
}

function ProcessCard({ process, end }: { readonly process: Process; readonly end: number }): JSX.Element {
  const { process: name, role, up, ready, problem, term, lastIndex } = process;
  const state = up ? (ready ? role : `${role} notReady`) : 'down';
  return (
    <li class={`process ${state}`}>
      <h3>
        {name} <span class="role">{up ? role : 'down'}</span>
      </h3>
      {lastIndex === null ? null : <LogStrip process={process} end={end} />}
      <dl>
        {term === null ? null : <Fact term="term" value={String(term)} />}
        {lastIndex === null ? null : <Fact term="log" value={String(lastIndex)} />}
        {process.lag ? <Fact term="behind" value={String(process.lag)} /> : null}
        {process.lastHeartbeatMs === null ? null : (
          <Fact term="heartbeat" value={`${process.lastHeartbeatMs} ms ago`} />
        )}
        {process.readLeaseMs === null ? null : (
          <Fact term="read lease" value={`${Math.round(process.readLeaseMs)} ms`} />
        )}
      </dl>
      <p class="problem">{problem ?? process.address}</p>
    </li>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The last entries of the longest log, and how far this process is with each. */
function LogStrip({ process, end }: { readonly process: Process; readonly end: number }): JSX.Element {
  const { lastIndex, commitIndex, appliedIndex } = process;
  const stateOf = (index: number): string => {
    if (index <= 0) return 'none';
    if (index <= (appliedIndex ?? 0)) return 'applied';
    if (index <= (commitIndex ?? 0)) return 'committed';
    return index <= (lastIndex ?? 0) ? 'proposed' : 'missing';
  };
  const indexes = Array.from({ length: STRIP }, (_, i) => end - STRIP + 1 + i);
  const text = `log up to ${lastIndex}, committed up to ${commitIndex}, applied up to ${appliedIndex}`;
  return (
    <div class="strip" role="img" aria-label={text}>
      {indexes.map((index) => (
        <i key={index} class={stateOf(index)} />
      ))}
    </div>
  );
}
