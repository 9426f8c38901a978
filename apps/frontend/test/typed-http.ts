import request from 'supertest';
import type { ErrorBody } from '../src/errors/error-body.js';

/** Any object of an answer, with types for the members that tests read. */
export interface Item {
  readonly [member: string]: unknown;
  readonly name: string;
  readonly process: string;
  readonly number: number;
  readonly quantity: number;
  readonly transaction_number: number;
  readonly status: string;
  readonly leader: unknown;
  readonly processes: readonly Item[];
}

/** Any body; tests read the member that the answer has. */
export interface Body extends ErrorBody {
  readonly data: Item & readonly Item[];
  readonly next: string | number | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly body: Body;
}

/** A request of supertest, whose own types declare every body as `any`. */
interface Sent extends PromiseLike<Answer> {
  set(header: string, value: string): Sent;
  query(parameters: object): Sent;
  send(body: object | string): Sent;
  expect(status: number): Sent;
  expect(header: string, value: string | RegExp): Sent;
}

export type Http = Record<'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options', (path: string) => Sent>;

export function typedHttp(url: string): Http {
  return request(url);
}
