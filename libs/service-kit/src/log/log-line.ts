/** Contexts in which Nest logs how it assembles an app: two dozen useless lines at each start. */
export const CHATTER: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestMicroservice',
  'NestApplication',
]);

/** A log line of a process that a person should see. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Converts a level of Nest to its name in JSON, which is the one that `LOG_LEVEL` uses. */
export function jsonLevelOf(nestLevel: string): string {
  return nestLevel === 'log' ? 'info' : nestLevel;
}

/** Maps levels of the log to the levels shown. `fatal` is shown as `error`. */
const LEVELS: Readonly<Record<string, LogLine['level']>> = {
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
};

/** Parses one line that `createLogger` wrote in the format `json`; undefined if it is not worth showing. */
export function readLogLine(line: string): LogLine | undefined {
  if (line.trim() === '') return undefined;
  const entry = parseEntry(line);
  // Not a log entry: the message of a process that ends, for example because of a wrong setting or damaged data.
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
