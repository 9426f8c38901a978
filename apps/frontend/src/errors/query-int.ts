import { Transform } from 'class-transformer';

/** Reads a whole number without sign from a URL; anything else stays as it is for `@IsInt()` to refuse. */
export function QueryInt(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value,
  );
}
