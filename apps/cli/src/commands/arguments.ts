import { InvalidArgumentError, Option } from 'commander';
import { SETTINGS } from '../cli.config.js';

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

/** `10s`, `500ms`, `2m`; a number alone is in seconds. Milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  const durationMs = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? 's'] ?? Number.NaN);
  if (!(durationMs >= 1 && durationMs <= 86_400_000)) {
    throw new InvalidArgumentError('Give a time such as 10s, 500ms or 2m, up to 24 hours.');
  }
  return Math.round(durationMs);
}

/** As `parseDuration` reads it. */
export function durationText(durationMs: number): string {
  return durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}

/** An option that takes a time, and shows its default as one. */
export function durationOption(flags: string, about: string, defaultMs: number): Option {
  return new Option(flags, about).argParser(parseDuration).default(defaultMs, durationText(defaultMs));
}

/** A reader of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** A file or directory. An empty one, as `"$UNSET"` gives, would be the present directory. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Give a path.');
  return text;
}

export function parseProbability(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Give a number from 0 to 1.');
  return value;
}

/** A list of names with commas between them. */
export function parseNames(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Give names with commas between them.');
  return names;
}

/** The gateway's address without a slash at its end. Every path that we ask for is absolute. */
export function parseGatewayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new InvalidArgumentError('Give an address such as http://127.0.0.1:8080.');
  }
  return url.origin;
}

export const DEFAULT_PORT = SETTINGS.port;
export const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;
