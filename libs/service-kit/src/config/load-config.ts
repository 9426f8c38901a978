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

/** All problems of a process's configuration, in one readable block. */
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

/** A configuration class that checks relations between its settings. Each text that it returns is one problem. */
export interface ChecksRelations {
  relationProblems(): readonly string[];
}

/** The sources of settings, in order of precedence. */
export interface ConfigSources {
  readonly env: NodeJS.ProcessEnv;
  /** Directory of `.env` and base of relative paths. */
  readonly directory: string;
}

/**
 * Reads, checks and freezes one app's configuration. The class has a property in camelCase for each variable
 * (`REQUEST_TIMEOUT_MS` is `requestTimeoutMs`), with class-validator's decorators and the default as its initial value.
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

/** Returns the first value that is set. An empty variable is not: that is how a shell or a Compose file unsets one. */
function firstGiven<T>(...values: readonly T[]): NonNullable<T> | undefined {
  return values.find((value): value is NonNullable<T> => value !== undefined && value !== null && value !== '');
}

/** Returns the conflicts between settings, once each is valid by itself: otherwise a conflict may only be a consequence. */
function relationProblems(config: Partial<ChecksRelations>, found: readonly string[]): readonly string[] {
  const wrong = found.map((problem) => problem.split(' ', 1)[0] ?? '');
  const relations = config.relationProblems?.() ?? [];
  return relations.filter((problem) => !wrong.some((variable) => problem.includes(variable)));
}

/** Returns the variable of a property: `requestTimeoutMs` -> `REQUEST_TIMEOUT_MS`. */
export function variableOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Returns the settings that a configuration class and its parents declare. */
export function propertiesOf(type: ClassConstructor<object>): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** Converts one property at a time, so that each unreadable value becomes a problem of its own. */
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

/** Settings whose values must not appear on a terminal or in a log. */
const SECRETS: ReadonlySet<string> = new Set(['clusterToken']);

/** Picks one constraint to report: a value that is not a number also fails every minimum. */
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
