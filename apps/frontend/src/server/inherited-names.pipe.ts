import type { PipeTransform } from '@nestjs/common';
import { InvalidRequest } from '../errors/invalid-request.js';

/**
 * Refuses members such as `constructor` and `__proto__` (prototype pollution). The validation would not: it looks names up in
 * a plain object, which inherits some of them, and Nest strips others before the validation could name them.
 */
export class InheritedNamesPipe implements PipeTransform {
  transform(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const inherited = Object.keys(value).filter((name) => name in Object.prototype || name === 'prototype');
    if (inherited.length === 0) return value;
    throw new InvalidRequest(inherited.map((name) => `property ${name} should not exist`));
  }
}
