import { readdirSync } from 'node:fs';
import type { Member } from '#service-kit';
import type { ProcessInfo } from '../status/status-table.js';
import { isPrivateDirectory, privateDirectory, socketName } from './private-directory.js';
import { urlOf } from './topology.js';

export const ACTIONS = ['kill', 'pause', 'resume', 'restart'] as const;
export type Action = (typeof ACTIONS)[number];

/** `steady` leaves a small machine most of its power; `full` takes all of it. */
export const LOADS = ['off', 'steady', 'full'] as const;
export type Load = (typeof LOADS)[number];

/** One JSON line from a command to a running demo, or the body of a request of its live page. */
export type ControlRequest =
  | { readonly action: 'list' | 'verify' }
  | { readonly action: 'load'; readonly load: Load }
  | { readonly action: Action; readonly target: string };

/** One JSON line back. */
export type ControlAnswer =
  | { readonly list: DemoInfo }
  | { readonly verified: Proof }
  | ActionDone
  | { readonly failed: string; readonly hint: string; readonly exitCode: number };

/** The result of an action. */
export interface ActionDone {
  /** In words, one line for each process. */
  readonly done: string;
  /** The names of these processes. */
  readonly processes: readonly string[];
}

/** The result of `verify`. */
export interface Proof {
  readonly passed: boolean;
  /** What is the same everywhere, or the first difference. */
  readonly text: string;
}

/** A running demo, as other commands need to know it. */
export interface DemoInfo {
  readonly pid: number;
  readonly url: string;
  /** Address of the live page with controls. Whoever has it controls the demo. */
  readonly page: string;
  readonly load: Load;
  readonly dataDir: string;
  readonly orderReplicas: readonly Member[];
  readonly catalogReplicas: readonly Member[];
  readonly processes: readonly ProcessInfo[];
}

/** The gateways of a demo, with addresses that can be reached from this machine. */
export function gatewaysOf({ processes }: Pick<DemoInfo, 'processes'>): readonly { name: string; url: string }[] {
  return processes
    .filter(({ name }) => name.startsWith('frontend-'))
    .map(({ name, address }) => {
      const { hostname, port } = new URL(`http://${address}`);
      return { name, url: urlOf(hostname.replace(/^\[|\]$/g, ''), Number(port)) };
    });
}

/**
 * Where the demo with this gateway port listens. The socket is all that a demo leaves for others to find: one that nobody
 * answers is left over from a demo that is gone, and can be replaced without harm.
 */
export function controlPath(port: number): string {
  return socketName(`${port}.sock`);
}

/** Gateway ports of all demos of this user that may be running. */
export function demoPorts(): readonly number[] {
  if (!isPrivateDirectory()) return [];
  return readdirSync(privateDirectory()).flatMap((name) => {
    const port = /^(\d+)\.sock$/.exec(name)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}
