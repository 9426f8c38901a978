import { isRecord } from '../verify/compare.js';

/** A line of a process's log that a person should see. */
export interface EventLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** What Nest says while it puts an app together; the same at every start. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

const LEVELS: Record<string, EventLine['level']> = { log: 'info', warn: 'warn', error: 'error', fatal: 'error' };

/** Reads one line of a log; undefined when it is not worth showing. */
export function readEventLine(line: string): EventLine | undefined {
  if (line.trim() === '') return undefined;
  const entry = parseEntry(line);
  // Not a log entry: what a process says as it ends, such as a wrong setting or damaged data.
  if (entry === undefined) return { level: 'error', text: line };
  const level = LEVELS[String(entry['level'])];
  if (level === undefined || ASSEMBLY.has(String(entry['context']))) return undefined;
  const message = entry['message'];
  return { level, text: typeof message === 'string' ? message : JSON.stringify(message) };
}

function parseEntry(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isRecord(entry) && 'level' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}
