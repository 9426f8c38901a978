/**
 * The highest version that was heard of, for each of the names heard of last. A second line of defence: tokens alone
 * close the races inside this process; this one also refuses an answer of a catalog that lags behind its own invalidations.
 */
export class VersionFloors {
  /** A Map iterates in order of insertion, so the first name is the one not heard of for longest. */
  private readonly floors = new Map<string, number>();

  constructor(private readonly limit: number) {}

  of(name: string): number {
    return this.floors.get(name) ?? 0;
  }

  raise(name: string, version: number): void {
    const floor = Math.max(version, this.of(name));
    this.floors.delete(name);
    this.floors.set(name, floor);
    if (this.floors.size <= this.limit) return;
    const [oldest] = this.floors.keys();
    if (oldest !== undefined) this.floors.delete(oldest);
  }

  names(): readonly string[] {
    return [...this.floors.keys()];
  }
}
