/** A deliberate bug in the core: texts that occur exactly once in a source file, and their replacements. */
export interface Mutant {
  readonly name: string;
  /** Paths from `src/core`. */
  readonly changes: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /**
   * Property or invariant by which the simulation detects it, given enough seeds. Null: it only costs time or messages, or needs
   * more coincidence than a random run has; then a golden script must detect it.
   */
  readonly caughtBy: RegExp | null;
}

export function change(file: string, from: string, to: string): Mutant['changes'][number] {
  return { file, from, to };
}
