import type { Entry } from '../../src/core/messages.js';

/** A few registers. Immutable, so that a durable copy is only a reference. */
export interface State {
  readonly index: number;
  readonly term: number;
  /** The last value written to each key. */
  readonly values: readonly string[];
}

export function initialState(keys: number): State {
  return { index: 0, term: 0, values: Array.from({ length: keys }, () => '') };
}

/** Applies a command `key:value`. Values are unique in a run. */
export function applyEntry(state: State, { index, term, data }: Entry): State {
  if (data === null) return { index, term, values: state.values };
  const colon = data.indexOf(':');
  const values = [...state.values];
  values[Number(data.slice(0, colon))] = data.slice(colon + 1);
  return { index, term, values };
}

/** Returns a page, which has one register. */
export function pageOf(state: State, page: number): { data: string; done: boolean } {
  return { data: state.values[page] ?? '', done: page >= state.values.length - 1 };
}
