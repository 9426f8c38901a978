import type { OpenAPIObject } from '@nestjs/swagger';
import { REASONS } from '#contracts';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { readonly $ref: string }>;
type Response = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'][string];

const METHODS = ['get', 'post'] as const;
const REFERENCE = /^#\/components\/schemas\//;

/** The body of every failure. */
export const Failure: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'reason', 'executed'],
      properties: {
        code: { type: 'integer', format: 'int32', minimum: 400, maximum: 599, description: 'the HTTP status' },
        message: { type: 'string', minLength: 1 },
        reason: { type: 'string', enum: Object.keys(REASONS) },
        executed: {
          type: 'string',
          enum: ['no', 'unknown'],
          description: 'whether this request may have executed a trade',
        },
        hint: { type: 'string', minLength: 1, description: 'what to do next' },
        problems: {
          type: 'array',
          minItems: 1,
          items: { type: 'string' },
          description: 'everything that is wrong with the request',
        },
        details: {
          type: 'object',
          description: 'the health checks, by name',
          additionalProperties: { $ref: '#/components/schemas/CheckView' },
        },
      },
      additionalProperties: false,
    },
  },
};

/** Adds to the document that Nest derives from the decorators what all bodies and all answers have in common. */
export function complete(document: OpenAPIObject): OpenAPIObject {
  const schemas: Schemas = { ...document.components?.schemas, Failure };
  for (const schema of Object.values(schemas)) if (!('$ref' in schema)) tighten(schema, schemas);
  for (const path of Object.values(document.paths))
    for (const method of METHODS)
      for (const response of Object.values(path[method]?.responses ?? {})) identify(response);
  const headers = { 'X-Request-Id': RequestId };
  return { ...document, security: [], components: { ...document.components, schemas, headers } };
}

const RequestId = {
  description: 'names the request in every log: the one that was sent, or a new one',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
};

/** Declares that bodies have exactly the listed members. */
function tighten(schema: Schema, schemas: Schemas): void {
  if (schema.type === 'object') schema.additionalProperties ??= false;
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    Object.assign(schema.properties ?? {}, { [name]: admitNull(property, schemas) });
}

/**
 * Replaces a nullable reference by a nullable copy of its target. Nest writes `nullable` beside `allOf`, but then the target
 * still refuses null, as OpenAPI 3.0.3 makes clear.
 */
function admitNull(property: Schemas[string], schemas: Schemas): Schemas[string] {
  if ('$ref' in property || property.nullable !== true) return property;
  const { allOf: [target] = [], ...rest } = property;
  if (!target || !('$ref' in target)) return property;
  return { ...schemas[target.$ref.replace(REFERENCE, '')], ...rest, additionalProperties: false };
}

function identify(response: Response): void {
  if (response && !('$ref' in response))
    response.headers = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' }, ...response.headers };
}
