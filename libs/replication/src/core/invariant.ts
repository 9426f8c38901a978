/** A broken invariant: the protocol or the disk can't be trusted, and the shell must stop the process. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Checks a rule, in production too. `values` returns both sides, so that the message shows the values that conflict. */
export function invariant(holds: boolean, rule: string, values: () => Record<string, unknown>): asserts holds {
  if (!holds) throw new InvariantViolation(`${rule}: ${JSON.stringify(values())}`);
}
