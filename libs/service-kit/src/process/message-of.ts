/** The message of a caught value, for a line in a log. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
