import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { LoadSwitch, ProcessButtons } from './demo/controls';
import type { Demo, DemoProcess } from './demo/demo';
import type { Process } from './live';
import { showMessages } from './messages';

/** Entries that a log strip shows. */
const STRIP = 32;

interface GroupProps {
  readonly processes: readonly Process[];
  /** Present on the demo's own page: it has buttons for each process. */
  readonly demo: Demo | undefined;
  /** Whether something else controls the demo at the moment. */
  readonly isBusy: boolean;
}

/** Every process with its role, its log and its lease. */
export function Group({ processes, demo, isBusy }: GroupProps): JSX.Element {
  const end = Math.max(0, ...processes.map(({ lastIndex }) => lastIndex ?? 0));
  const list = useRef<HTMLUListElement>(null);
  const shown = useRef(processes);
  useEffect(() => {
    if (list.current) showMessages(list.current, shown.current, processes);
    shown.current = processes;
  }, [processes]);
  const inDemo = (address: string): DemoProcess | undefined => demo?.processes.find((one) => one.address === address);
  const buttonsAt = (address: string): ComponentChildren => {
    const process = inDemo(address);
    return demo && process && <ProcessButtons demo={demo} process={process} isDisabled={isBusy} />;
  };
  const others = demo?.processes.filter(({ address }) => !processes.some((one) => one.address === address)) ?? [];
  return (
    <section class="group" aria-labelledby="group">
      <h2 id="group">The group</h2>
      {demo && <LoadSwitch demo={demo} isDisabled={isBusy} />}
      {demo && <p role="alert">{demo.problem}</p>}
      <ul class="processes" ref={list}>
        {processes.map((process) => (
          <ProcessCard
            key={process.process}
            process={process}
            end={end}
            isFrozen={inDemo(process.address)?.state === 'paused'}
          >
            {buttonsAt(process.address)}
          </ProcessCard>
        ))}
        {others.map(({ name, address, state }) => (
          <li key={name} class={`process ${state === 'running' ? 'gateway' : 'down'}`}>
            <h3>
              {name} <span class="role">{state === 'running' ? 'gateway' : state}</span>
            </h3>
            <p class="problem">{address}</p>
            {buttonsAt(address)}
          </li>
        ))}
      </ul>
      <p class="legend" aria-hidden="true">
        <span>
          <i class="applied" /> applied
        </span>
        <span>
          <i class="committed" /> committed
        </span>
        <span>
          <i class="proposed" /> in the log
        </span>
        <span>
          <i class="missing" /> not there
        </span>
        <span>
          <i class="dot" /> entries on their way
        </span>
      </p>
    </section>
  );
}

interface CardProps {
  readonly process: Process;
  /** End of the longest log. */
  readonly end: number;
  /** Known to the demo alone: to all others a frozen process is one that does not answer. */
  readonly isFrozen: boolean;
  readonly children: ComponentChildren;
}

function ProcessCard({ process, end, isFrozen, children }: CardProps): JSX.Element {
  const { process: name, role, up, ready, problem, term, lastIndex } = process;
  const state = up ? (ready ? role : `${role} notReady`) : 'down';
  return (
    <li class={`process ${state}`} data-process={name}>
      <h3>
        {name} <span class="role">{isFrozen ? 'frozen' : up ? role : 'down'}</span>
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
      {children}
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
