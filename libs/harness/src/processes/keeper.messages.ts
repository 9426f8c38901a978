/** A message to the keeper. */
export type ToKeeper =
  | {
      readonly do: 'start';
      readonly name: string;
      /** The script to run. */
      readonly main: string;
      readonly env: Readonly<Record<string, string>>;
      /** Its output is appended here. */
      readonly logFile: string;
    }
  | { readonly do: 'signal'; readonly name: string; readonly signal: NodeJS.Signals };

/** A message from the keeper. */
export type FromKeeper =
  | { readonly event: 'started'; readonly name: string; readonly pid: number }
  | { readonly event: 'failed'; readonly name: string; readonly why: string }
  | { readonly event: 'exited'; readonly name: string; readonly how: ProcessEnd };

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}
