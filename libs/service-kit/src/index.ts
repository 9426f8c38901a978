export { callsOf, parseCall } from './calls/call-batch.js';
export { createCallPipe } from './calls/call.pipe.js';
export { toWire } from './calls/rpc-error.filter.js';
export { isDecimal } from './config/decimal.js';
export { ConfigError, loadConfig, type ConfigSources } from './config/load-config.js';
export { addressOf, parseMembers, type Member } from './config/members.js';
export {
  learnerIdOf,
  MemberConfig,
  ProcessConfig,
  type ExchangeGroup,
  type NamedMember,
} from './config/process.config.js';
export { readText } from './config/read-text.js';
export { ToBoolean, ToInt, ToMembers } from './config/setting.decorators.js';
export { readLogLine, type LogLine } from './log/log-line.js';
export { createLogger } from './log/logger.js';
export { ExitCode } from './process/exit-codes.js';
export { failpoint, failpointOnceSent, type Failpoint } from './process/failpoint.js';
export { hasTerminal, ignoreHangUpWithoutTerminal } from './process/hang-up.js';
export { messageOf } from './process/message-of.js';
export { exitWith, runApp } from './process/run-app.js';
export { startMember } from './start-member.js';
export { TrafficController, type Traffic } from './tcp/traffic.controller.js';
