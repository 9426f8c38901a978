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
export { decide } from './decide.js';
export {
  touches,
  type ExchangeCommand,
  type ExchangeResult,
  type Trade,
  type TradeOutcome,
} from './exchange.command.js';
export { Exchange, REFUSALS_KEPT } from './exchange.js';
export { OwnStateController } from './own-state.controller.js';
