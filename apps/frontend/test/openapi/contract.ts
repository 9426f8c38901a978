import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import type { OpenAPIObject } from '@nestjs/swagger';

// Both are CommonJS modules whose types declare a default export that Node does not see.
const require = createRequire(import.meta.url);
const { Ajv } = require('ajv') as typeof import('ajv');
const addFormats = require('ajv-formats') as typeof import('ajv-formats').default;

/** A request and the answer of the gateway. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestBody: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, number | string | readonly string[] | undefined>>;
  readonly responseBody: string;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

interface Found {
  readonly operation: Operation;
  /** Path of the operation from the root of the document. */
  readonly at: readonly string[];
  readonly pathParameters: Readonly<Record<string, string>>;
}

const ANY_FAILURE = ['components', 'schemas', 'Failure'];

/** Checks requests and answers against an OpenAPI document. */
export class Contract {
  private readonly ajv = new Ajv({ strict: true, allErrors: true });

  constructor(private readonly document: OpenAPIObject) {
    addFormats(this.ajv);
    // The document itself is no schema; it is added for the schemas inside it.
    this.ajv.addVocabulary(['example', ...Object.keys(document)]);
    this.ajv.addSchema(document, 'openapi');
  }

  /** Lists the violations of the document by an exchange. */
  violationsOf(exchange: Exchange): readonly string[] {
    const url = URL.canParse(exchange.url, 'http://bazaar') ? new URL(exchange.url, 'http://bazaar') : undefined;
    const found = url && this.find(exchange.method, url.pathname);
    const problems = found
      ? [...this.responseProblems(found, exchange), ...this.disagreements(found, exchange)]
      : this.strayProblems(exchange);
    return problems.map((problem) => `${exchange.method} ${exchange.url} -> ${exchange.status}: ${problem}`);
  }

  private find(method: string, pathname: string): Found | undefined {
    for (const [template, path] of Object.entries(this.document.paths)) {
      const pattern = template.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      const match = new RegExp(`^${pattern}$`).exec(pathname);
      const key = method === 'HEAD' ? 'get' : method.toLowerCase();
      const operation = key === 'get' || key === 'post' ? path[key] : undefined;
      if (match && operation) return { operation, at: ['paths', template, key], pathParameters: { ...match.groups } };
    }
    return undefined;
  }

  /** Checks a path that the document does not have: it is a page, or is refused in the one error form. */
  private strayProblems(exchange: Exchange): readonly string[] {
    return exchange.status < 400 ? [] : this.bodyProblems(ANY_FAILURE, exchange);
  }

  private responseProblems({ operation, at }: Found, exchange: Exchange): readonly string[] {
    const key = exchange.status in operation.responses ? String(exchange.status) : 'default';
    const response = operation.responses[key];
    if (!response || '$ref' in response) return ['the document has no such answer'];
    if (key === 'default' && exchange.status < 400) return ['the document has no such answer'];
    const type = String(exchange.responseHeaders['content-type']).split(';', 1)[0] ?? '';
    if (!response.content?.[type]) return [`the document has no ${type} here`];
    const schemaAt = [...at, 'responses', key, 'content', type, 'schema'];
    const headers = Object.keys(response.headers ?? {}).flatMap((name) =>
      this.headerProblems([...at, 'responses', key, 'headers', name], exchange),
    );
    return [...headers, ...(exchange.method === 'HEAD' ? [] : this.bodyProblems(schemaAt, exchange))];
  }

  private headerProblems(at: readonly string[], { responseHeaders }: Exchange): readonly string[] {
    const name = at.at(-1) ?? '';
    const given = responseHeaders[name.toLowerCase()];
    const header = this.resolve(at) as { readonly required?: boolean };
    if (given === undefined) return header.required ? [`${name} is missing`] : [];
    return this.valueProblems(this.placeOf(at), String(given)).map((problem) => `${name} ${problem}`);
  }

  private bodyProblems(at: readonly string[], { responseHeaders, responseBody }: Exchange): readonly string[] {
    const isJson = /^application\/json\b/.test(String(responseHeaders['content-type']));
    if (!isJson && at === ANY_FAILURE) return ['a failure is not JSON'];
    return this.check(at, isJson ? JSON.parse(responseBody) : responseBody);
  }

  /** Checks that the document allows requests that succeeded, and forbids those that were refused for their values. */
  private disagreements(found: Found, exchange: Exchange): readonly string[] {
    const problems = this.requestProblems(found, exchange);
    if (exchange.status < 300) return problems.map((problem) => `it was done, although ${problem}`);
    const { reason, problems: given = [] } = failureIn(exchange);
    const isOfValues = reason === 'INVALID_REQUEST' && given.some((text) => /^[\w-]+ must be /.test(text));
    return isOfValues && problems.length === 0
      ? [`it was refused (${given.join(', ')}), and the document allows it`]
      : [];
  }

  private requestProblems({ operation, at, pathParameters }: Found, exchange: Exchange): readonly string[] {
    const { searchParams } = new URL(exchange.url, 'http://bazaar');
    const parameters = (operation.parameters ?? []).flatMap((parameter, i) => {
      if ('$ref' in parameter) return ['a parameter is only referred to'];
      const values = {
        path: [decoded(pathParameters[parameter.name] ?? '')],
        query: searchParams.getAll(parameter.name),
        header: [exchange.requestHeaders[parameter.name.toLowerCase()]].flat(),
        cookie: [],
      }[parameter.in].filter((value) => value !== undefined);
      if (values.length === 0) return parameter.required ? [`${parameter.name} is missing`] : [];
      if (values.length > 1) return [`${parameter.name} is there twice`];
      return this.valueProblems([...at, 'parameters', String(i)], values[0] ?? '');
    });
    return [...parameters, ...(operation.requestBody ? this.requestBodyProblems(at, exchange) : [])];
  }

  private requestBodyProblems(at: readonly string[], { requestBody }: Exchange): readonly string[] {
    const schemaAt = [...at, 'requestBody', 'content', 'application/json', 'schema'];
    try {
      return this.check(schemaAt, JSON.parse(requestBody.replace(/^\ufeff/, '')));
    } catch {
      return ['the body is no JSON'];
    }
  }

  /** Checks a value of a URL or a header. */
  private valueProblems(at: readonly string[], value: string): readonly string[] {
    const { type } = this.resolve([...at, 'schema']) as { readonly type?: string };
    return this.check([...at, 'schema'], type === 'integer' && /^-?(0|[1-9]\d*)$/.test(value) ? Number(value) : value);
  }

  private check(at: readonly string[], value: unknown): readonly string[] {
    const validate = this.ajv.getSchema(`openapi#/${at.map(escaped).join('/')}`) as ValidateFunction | undefined;
    if (!validate) return [`the document has nothing at ${at.join(' ')}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'the value'} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** Returns the place that a possible reference points to. */
  private placeOf(at: readonly string[]): readonly string[] {
    const there = at.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], this.document);
    const { $ref } = there as { readonly $ref?: string };
    return $ref === undefined ? at : $ref.split('/').slice(1);
  }

  private resolve(at: readonly string[]): unknown {
    return this.placeOf(at).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], this.document);
  }
}

function failureIn({ responseBody }: Exchange): { readonly reason?: string; readonly problems?: readonly string[] } {
  try {
    return (JSON.parse(responseBody) as { error?: object }).error ?? {};
  } catch {
    return {};
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
