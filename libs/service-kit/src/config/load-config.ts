import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { ExitCode } from '../process/exit-codes.js';
import { messageOf } from '../process/message-of.js';
import { readText } from './read-text.js';
import { SETTINGS } from './settings.js';
import { parseSettings } from './yaml-settings.js';

/** Everything that is wrong with a process's configuration, in one readable block. */
export class ConfigError extends Error {
  readonly exitCode = ExitCode.Usage;

  constructor(readonly problems: readonly string[]) {
    super(
      `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n') +
        '\nNothing was started. Settings come from environment variables, a .env file, or the file that CONFIG_FILE names.',
    );
    this.name = 'ConfigError';
  }
}

/** A configuration class may check relations between its settings; each text it returns is one problem. */
export interface ChecksRelations {
  relationProblems(): readonly string[];
}

/** Where settings are looked up; the first one that has a value wins. */
export interface ConfigSources {
  readonly env: NodeJS.ProcessEnv;
  /** Where `.env` is looked for, and what relative paths are relative to. */
  readonly directory: string;
}

/**
 * Reads, checks and freezes one app's configuration. The class has a property in camelCase for each
 * variable (`REQUEST_TIMEOUT_MS` is `requestTimeoutMs`), with class-validator's decorators, and its default as initial value.
 * Throws a `ConfigError` that lists all problems at once.
 */
export function loadConfig<T extends object>(
  type: ClassConstructor<T>,
  { env, directory }: ConfigSources = { env: process.env, directory: process.cwd() },
): T {
  const problems: string[] = [];
  const dotEnv = readDotEnv(directory, problems);
  const file = readConfigFile(firstGiven(env['CONFIG_FILE'], dotEnv['CONFIG_FILE']), directory, problems);
  const raw: Record<string, unknown> = {};
  for (const property of propertiesOf(type)) {
    const variable = variableOf(property);
    const value = firstGiven(env[variable], dotEnv[variable], file[variable]);
    if (value !== undefined) raw[property] = value;
  }
  const config = convert(type, raw, problems);
  const wrong = validateSync(config, { forbidUnknownValues: false });
  for (const { property, value, constraints } of wrong) {
    if (problems.some((problem) => problem.startsWith(`${variableOf(property)} `))) continue;
    problems.push(
      problemText(property, raw[property] ?? value, mostTelling(constraints ?? {}) ?? `${property} is wrong`),
    );
  }
  problems.push(...relationProblems(config, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** The first value that is one. An empty variable is not: that is how a shell or a Compose file unsets one. */
function firstGiven<T>(...values: readonly T[]): NonNullable<T> | undefined {
  return values.find((value): value is NonNullable<T> => value !== undefined && value !== null && value !== '');
}

/** Problems between settings, none of which is wrong by itself: otherwise the problem may only be a consequence. */
function relationProblems(config: Partial<ChecksRelations>, found: readonly string[]): readonly string[] {
  const wrong = found.map((problem) => problem.split(' ', 1)[0] ?? '');
  const relations = config.relationProblems?.() ?? [];
  return relations.filter((problem) => !wrong.some((variable) => problem.includes(variable)));
}

/** `requestTimeoutMs` -> `REQUEST_TIMEOUT_MS`. */
export function variableOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The settings that a configuration class declares, its parents' included. */
export function propertiesOf(type: ClassConstructor<object>): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** Converts one property at a time, so that each value that cannot be read becomes a problem of its own. */
function convert<T extends object>(type: ClassConstructor<T>, raw: Record<string, unknown>, problems: string[]): T {
  const config = new type();
  for (const [property, value] of Object.entries(raw)) {
    try {
      const converted = plainToInstance(type, { [property]: value });
      Object.assign(config, { [property]: Reflect.get(converted, property) });
    } catch (error) {
      problems.push(`${variableOf(property)} ${messageOf(error)}`);
    }
  }
  return config;
}

/** Settings whose values belong on no terminal and in no log. */
const SECRETS: ReadonlySet<string> = new Set(['clusterToken']);

/** Picks one constraint to report: a value that is no number also fails every minimum. */
function mostTelling(constraints: Record<string, string>): string | undefined {
  return constraints['isInt'] ?? Object.values(constraints)[0];
}

function problemText(property: string, value: unknown, constraint: string): string {
  const text = constraint.startsWith(`${property} `) ? constraint.slice(property.length + 1) : constraint;
  if (value === undefined) return `${variableOf(property)} ${text}, and is missing`;
  return `${variableOf(property)} ${text}${SECRETS.has(property) ? '' : `, not ${JSON.stringify(value)}`}`;
}

function readDotEnv(directory: string, problems: string[]): NodeJS.Dict<string> {
  const path = resolve(directory, '.env');
  try {
    return existsSync(path) ? parseEnv(readText(path)) : {};
  } catch (error) {
    problems.push(`.env cannot be read: ${messageOf(error)}`);
    return {};
  }
}

function readConfigFile(path: string | undefined, directory: string, problems: string[]): Record<string, unknown> {
  if (path === undefined) return {};
  try {
    const settings = parseSettings(readText(resolve(directory, path)));
    for (const key of Object.keys(settings)) {
      if (!SETTINGS.includes(key))
        problems.push(`CONFIG_FILE ${path} has the unknown setting ${key}; known are ${SETTINGS.join(', ')}`);
    }
    return settings;
  } catch (error) {
    problems.push(`CONFIG_FILE ${path} cannot be read: ${messageOf(error).split('\n')[0]}`);
    return {};
  }
}
