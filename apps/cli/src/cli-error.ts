import { ExitCode } from '#service-kit';

/** An expected failure of a command: one line that says what is wrong, one that says what to try. Never a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly exitCode: number = ExitCode.Failed,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** The gateway gave no answer. */
export function unreachable(url: string, why: string): CliError {
  return new CliError(
    `${url}: ${why}`,
    'start the system with `bazaar demo`, wait for it with `bazaar wait`, or name the gateway with --url',
    ExitCode.Unavailable,
  );
}

/** A group can't be asked now. */
export function unavailable(why: string, whatWasChanged = 'nothing was changed'): CliError {
  return new CliError(
    `${why}; ${whatWasChanged}`,
    '`bazaar status` shows who is up, `bazaar restart dead` starts what is not, `bazaar wait` waits for the whole',
    ExitCode.Unavailable,
  );
}
