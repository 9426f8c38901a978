import { isRecord } from '#harness';
import { ExitCode } from '#service-kit';
import { CliError } from '../cli-error.js';
import { verdictOf } from '../verify/verification-report.js';
import type { SystemVerification } from '../verify/system/verify-system.js';
import type { Controls } from './controls.js';
import {
  ACTIONS,
  LOADS,
  type ControlAnswer,
  type ControlRequest,
  type DemoInfo,
  type Load,
} from './control.messages.js';

const WRONG_REQUEST = new CliError('this request is not understood', 'use the same version of bazaar as the demo');

/** What a demo can be asked to do. */
export interface ControlParts {
  readonly controls: Pick<Controls, 'perform'>;
  readonly info: () => DemoInfo;
  readonly turnLoad: (to: Load) => Promise<void>;
  readonly verify: () => Promise<SystemVerification>;
  /** Shows what was done in the demo's own terminal. */
  readonly announce: (what: string) => void;
}

/** Answers the requests that reach a demo by its socket or from its live page. */
export class Control {
  constructor(private readonly parts: ControlParts) {}

  /** Never rejects: a failure is an answer too. */
  async answer(text: string): Promise<ControlAnswer> {
    try {
      return await this.perform(readRequest(text));
    } catch (error) {
      if (error instanceof CliError) return { failed: error.message, hint: error.hint, exitCode: error.exitCode };
      return { failed: String(error), hint: 'look at the terminal of the demo', exitCode: ExitCode.Failed };
    }
  }

  private async perform(request: ControlRequest): Promise<ControlAnswer> {
    const { controls, info, turnLoad, verify, announce } = this.parts;
    switch (request.action) {
      case 'list':
        return { list: info() };
      case 'load':
        await turnLoad(request.load);
        return { done: `load ${request.load}`, processes: [] };
      case 'verify': {
        const verification = await verify();
        const { passed } = verification;
        const text = verdictOf(verification);
        announce(`verify: ${passed ? 'PASS' : 'FAIL'}  ${text}`);
        return { verified: { passed, text } };
      }
      case 'kill':
      case 'pause':
      case 'resume':
      case 'restart': {
        const action = await controls.perform(request.action, request.target);
        announce(action.done);
        return action;
      }
      default:
        return request satisfies never;
    }
  }
}

function readRequest(text: string): ControlRequest {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    throw WRONG_REQUEST;
  }
  if (!isRecord(request)) throw WRONG_REQUEST;
  const { action, target } = request;
  if (action === 'list' || action === 'verify') return { action };
  const load = LOADS.find((known) => known === request['load']);
  if (action === 'load' && load !== undefined) return { action, load };
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined || typeof target !== 'string') throw WRONG_REQUEST;
  return { action: known, target };
}
