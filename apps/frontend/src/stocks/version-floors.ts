/**
 * Tracks the highest cached version of each recently cached stock, so that an answer that is not provably fresh never replaces
 * a newer one.
 */
export class VersionFloors {
  /** A Map iterates in order of insertion, so the first name is the least recently cached one. */
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
