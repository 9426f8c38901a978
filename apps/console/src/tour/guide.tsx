import type { JSX } from 'preact';
import type { Demo } from '../demo/demo';
import { SCENARIOS, type Scenario } from './scenarios';
import type { Step } from './stage';
import type { Run, Tour } from './tour';

const OUTCOMES: Record<Run['outcome'], string> = {
  underWay: 'under way …',
  passed: '✓ as expected',
  failed: '✗ not as expected',
  stopped: 'stopped',
};

const MARKS: Record<Step['state'], string> = { underWay: '…', done: '✓', stopped: '–', failed: '✗' };

/** The scenarios, each with what it has shown. */
export function Guide({ tour, demo }: { readonly tour: Tour; readonly demo: Demo }): JSX.Element {
  const isPossible = ({ replicas }: Scenario): boolean => demo.processesOf('order').length >= replicas;
  return (
    <section class="tour" aria-labelledby="tour">
      <h2 id="tour">Guided tour</h2>
      <p>
        Six experiments on this demo, with real processes. Each ends with a proof: every process is asked for every
        trade.{' '}
        <button type="button" disabled={tour.isUnderWay} onClick={() => void tour.play(SCENARIOS.filter(isPossible))}>
          Run all
        </button>{' '}
        <button type="button" disabled={!tour.isUnderWay} onClick={() => tour.stop()}>
          Stop
        </button>
      </p>
      <ol>
        {SCENARIOS.map((scenario) => (
          <ScenarioItem key={scenario.title} scenario={scenario} tour={tour} isPossible={isPossible(scenario)} />
        ))}
      </ol>
    </section>
  );
}

interface ScenarioProps {
  readonly scenario: Scenario;
  readonly tour: Tour;
  readonly isPossible: boolean;
}

function ScenarioItem({ scenario, tour, isPossible }: ScenarioProps): JSX.Element {
  const { title, expect, design, replicas } = scenario;
  const run = tour.runs.get(scenario);
  return (
    <li class="scenario">
      <h3>
        {title} {run && <span class={`outcome ${run.outcome}`}>{OUTCOMES[run.outcome]}</span>}
      </h3>
      <p>
        {expect} How it works:{' '}
        <a href={`./${design.href}`} target="_blank" rel="noopener">
          {design.text}
        </a>
        .
      </p>
      {isPossible ? (
        <button
          type="button"
          aria-label={`Run: ${title}`}
          disabled={tour.isUnderWay}
          onClick={() => void tour.play([scenario])}
        >
          Run
        </button>
      ) : (
        <p>
          It needs {replicas} order replicas: <code>bazaar demo --replicas {replicas}</code>
        </p>
      )}
      {run && (
        <div class="steps" role="log" aria-label={title}>
          <ol>
            {run.steps.map(({ at, text, state }, i) => (
              <li key={i} class={state}>
                <time dateTime={at.toISOString()}>{at.toTimeString().slice(0, 8)}</time> {MARKS[state]} {text}
              </li>
            ))}
          </ol>
        </div>
      )}
    </li>
  );
}
