import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { ServiceError } from '#contracts';

/**
 * Refuses members such as `constructor`, which every object inherits. The validation looks names up in a plain object, so it
 * takes some of them for known ones, and Nest removes others before the validation could name them.
 */
export class InheritedNamesPipe implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    if (type === 'custom' || typeof value !== 'object' || value === null) return value;
    const inherited = Object.keys(value).filter((name) => name in Object.prototype || name === 'prototype');
    if (inherited.length === 0) return value;
    const problems = inherited.map((name) => `property ${name} should not exist`);
    throw new ServiceError('INVALID_REQUEST', undefined, { problems });
  }
}
