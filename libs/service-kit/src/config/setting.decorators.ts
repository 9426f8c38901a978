import { Transform } from 'class-transformer';
import { parseMembers } from './members.js';

/** Parses a whole number. Anything else is left for `@IsInt()` to refuse. */
export function ToInt(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value,
  );
}

/** Parses `true` or `false`. Anything else is left for `@IsBoolean()` to refuse. */
export function ToBoolean(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));
}

/** Parses a list of members: `1=host:port,2=host:port`. */
export function ToMembers(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => parseMembers(String(value)));
}
