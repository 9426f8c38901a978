/**
 * The highest version that was cached, for each of the names cached last. An answer of a catalog that could not prove that it
 * is fresh must not take the place of a newer one.
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
