/** Returns the smallest number of voters such that any two sets of that size have a voter in common. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
