import type { JSX } from 'preact';
import { LOADS, type Action, type Demo, type DemoProcess } from './demo';

const ACTIONS: Record<DemoProcess['state'], readonly (readonly [Action, string])[]> = {
  running: [
    ['kill', 'Kill'],
    ['pause', 'Pause'],
    ['restart', 'Restart'],
  ],
  paused: [
    ['resume', 'Resume'],
    ['kill', 'Kill'],
  ],
  dead: [['restart', 'Start']],
};

interface ProcessButtonsProps {
  readonly demo: Demo;
  readonly process: DemoProcess;
  readonly isDisabled: boolean;
}

/** What can be done to a process in its present state. */
export function ProcessButtons({ demo, process: { name, state }, isDisabled }: ProcessButtonsProps): JSX.Element {
  return (
    <p class="buttons">
      {ACTIONS[state].map(([action, word]) => (
        <button
          key={action}
          type="button"
          aria-label={`${word} ${name}`}
          disabled={isDisabled}
          onClick={() => void demo.try(demo.act(action, name))}
        >
          {word}
        </button>
      ))}
    </p>
  );
}

/** Switches the demo's own load. */
export function LoadSwitch({ demo, isDisabled }: { readonly demo: Demo; readonly isDisabled: boolean }): JSX.Element {
  return (
    <fieldset class="load" disabled={isDisabled}>
      <legend>Load</legend>
      {LOADS.map((load) => (
        <label key={load}>
          <input
            type="radio"
            name="load"
            checked={demo.load === load}
            onChange={() => void demo.try(demo.turnLoad(load))}
          />{' '}
          {load}
        </label>
      ))}
    </fieldset>
  );
}
