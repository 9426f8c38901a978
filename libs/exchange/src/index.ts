export {
  describeMembers,
  hasQuorum,
  leaderOf,
  learnersOf,
  othersOf,
  votersOf,
  type ClusterReport,
  type LeaderReport,
  type MemberReport,
} from './client/cluster-report.js';
export { ExchangeClient } from './client/exchange-client.js';
export { touches, type ExchangeCommand, type ExchangeResult, type Trade } from './exchange.command.js';
export { Exchange } from './exchange.js';
export { OwnStateController } from './own-state.controller.js';
