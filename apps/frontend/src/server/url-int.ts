import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/**
 * Reads a whole number from a URL and checks its limits. Digits only, as the OpenAPI document says: Nest's `ParseIntPipe` and
 * implicit conversion also take forms such as `01` or `1e3`, and report one problem instead of all.
 */
export function UrlInt({
  minimum,
  maximum,
}: {
  readonly minimum: number;
  readonly maximum: number;
}): PropertyDecorator {
  const message = `$property must be a whole number from ${minimum} to ${maximum}`;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(minimum, { message }),
    Max(maximum, { message }),
  );
}
