export { GroupClient, type CallOptions, type GroupClientOptions } from './client/group-client.js';
export type { Attempt } from './client/peer-connection.js';
export {
  CorruptData,
  NoLeader,
  NoQuorum,
  NotLeader,
  OutcomeUnknown,
  Overloaded,
  ReplicationError,
  type LeaderAddress,
} from './errors.js';
export { STATUS_PATTERN, type PeerStatus, type ReplicaStatus } from './replica-status.js';
export type { AppliedEntry, Page, StateMachine } from './state-machine.js';
