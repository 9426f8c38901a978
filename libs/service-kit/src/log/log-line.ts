/** Where Nest tells how it puts an app together: two dozen lines at each start that help nobody. */
export const CHATTER: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestMicroservice',
  'NestApplication',
]);

/** A line of a process's log that a person should see. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** The level that the log shows in JSON for one of Nest's: as the setting `LOG_LEVEL` calls it. */
export function jsonLevelOf(nestLevel: string): string {
  return nestLevel === 'log' ? 'info' : nestLevel;
}

/** Who reads a log hears no difference between an error that ends the process and one that does not. */
const LEVELS: Readonly<Record<string, LogLine['level']>> = {
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
};

/** Reads one line that `createLogger` wrote with the format `json`; undefined when it is not worth showing. */
export function readLogLine(line: string): LogLine | undefined {
  if (line.trim() === '') return undefined;
  const entry = parseEntry(line);
  // Not a log entry: what a process says as it ends, such as a wrong setting or damaged data.
  if (entry === undefined) return { level: 'error', text: line };
  const level = LEVELS[String(entry['level'])];
  if (level === undefined || CHATTER.has(String(entry['context']))) return undefined;
  const message = entry['message'];
  return { level, text: typeof message === 'string' ? message : JSON.stringify(message) };
}

function parseEntry(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}
