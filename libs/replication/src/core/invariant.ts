/** A broken invariant means that the protocol or the disk can't be trusted: the shell must stop the process. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Checks a rule, in production too. `values` names both sides, so that the message alone shows which values did not fit. */
export function invariant(holds: boolean, rule: string, values: () => Record<string, unknown>): asserts holds {
  if (!holds) throw new InvariantViolation(`${rule}: ${JSON.stringify(values())}`);
}
