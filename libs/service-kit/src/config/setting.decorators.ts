import { Transform } from 'class-transformer';
import { parseMembers } from './members.js';

/** Reads a whole number; anything else stays as it is for `@IsInt()` to refuse. */
export function ToInt(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value,
  );
}

/** Reads `true` or `false`; anything else stays as it is for `@IsBoolean()` to refuse. */
export function ToBoolean(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));
}

/** Reads a list of members, `1=host:port,2=host:port`. */
export function ToMembers(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => parseMembers(String(value)));
}
