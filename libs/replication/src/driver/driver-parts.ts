import type { MemberId } from '../core/messages.js';
import type { Replica } from '../core/replica.js';
import type { MemberAddress } from '../errors.js';
import type { Messenger } from './group-messenger.js';
import type { Ports } from '../ports.js';

/** The parts of a driver. */
export interface DriverParts {
  readonly core: Replica;
  readonly ports: Omit<Ports, 'events' | 'random' | 'newId' | 'transport'>;
  readonly messenger: Messenger;
  readonly id: MemberId;
  readonly addressOf: (id: MemberId) => MemberAddress;
  /** How long a proposal or a read waits for a majority, in milliseconds. */
  readonly proposalTimeoutMs: number;
  /** A learner's hook for received entries; see `ReplicationOptions`. */
  readonly onReceived?: (commands: readonly unknown[]) => Promise<void>;
  /** Called when the disk or the state machine can't be trusted. The process must stop. */
  readonly onFatal: (error: unknown) => void;
  /** Called after each tick and each round of work, when roles or terms may have changed. */
  readonly onProgress: () => void;
}
