export { answerEach, type CallBatch, type CallResult } from './client/answer-each.js';
export type { Attempt } from './client/attempt.js';
export type { LearnerCallOptions } from './client/learner-calls.js';
export { GroupClient, type CallOptions, type GroupClientOptions } from './client/group-client.js';
export {
  CorruptData,
  DiskFailure,
  ForeignGroup,
  NativeModuleError,
  NoLeader,
  NoLearner,
  NoQuorum,
  NotLeader,
  OutcomeUnknown,
  Overloaded,
  ReplicationError,
  WrongGroup,
  type MemberAddress,
} from './errors.js';
export { REPLICATION_REASONS, type ReplicationReason } from './reasons.js';
export { LOG_PATTERN, type LoggedEntry, type LogPage } from './log-page.js';
export { STATUS_PATTERN, type LearnerStatus, type PeerStatus, type ReplicaStatus } from './replica-status.js';
export type { AppliedEntry, Database, Page, StateMachine } from './state-machine.js';
export type { LeaderTask } from './leader-tasks.js';
export { ReplicatedLog, type LeadershipChange } from './replicated-log.service.js';
export { ReplicationErrorFilter } from './replication-error.filter.js';
export { ReplicationHealth, type ReplicationHealthResult } from './replication.health.js';
export { ReplicationModule } from './replication.module.js';
export { OptionsError, type ReplicationOptions } from './replication.options.js';
export { stopProcess } from './stop-process.js';
export { checksum } from './storage/checksum.js';
export { DataDirectoryError } from './storage/data-directory.js';
export { SameGroupPipe } from './transport/same-group.pipe.js';
export { ListenFailure } from './transport/listen-failure.js';
export { MemberServer, type MemberServerOptions } from './transport/member-server.js';
export { PromptSocket, promptTcp } from './transport/prompt-tcp.js';
export { majorityOf } from './core/majority.js';
export { HEARTBEATS_PER_ELECTION, MAX_LEARNERS, placeOf, VOTER_COUNTS, VOTER_COUNTS_TEXT } from './group-limits.js';
