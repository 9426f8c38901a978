import type { Message } from '../../src/core/messages.js';
import type { Checker } from './checkers/checker.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Settings } from './settings.js';

/** The environment that the members of a run share. */
export interface NodeContext {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly checkers: readonly Checker[];
  readonly send: (message: Message) => void;
  readonly trace: ((text: () => string) => void) | null;
}
